"""Random and hostile input for everything that strangers, tenants and staff can send."""
