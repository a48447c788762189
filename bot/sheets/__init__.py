"""Workbooks (xlsx): what sites fill in, and what comes back."""
