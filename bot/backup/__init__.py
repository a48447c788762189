"""Backups: one encrypted file with every row and every file, made while the service runs; either database takes it in."""
