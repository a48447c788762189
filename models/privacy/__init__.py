"""What is kept about people: shown to them, deleted on request, and not kept longer than needed."""
