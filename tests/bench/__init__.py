"""How fast the service is, always as a ratio to a limit that was taken in the same run."""
