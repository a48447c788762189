"""How the service itself stands: what waits, how long already, and when a person has to hear of it."""
