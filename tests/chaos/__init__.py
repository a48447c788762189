"""Kills the real service again and again while people use it, and compares what they saw with what must have been."""
