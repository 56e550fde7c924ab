"""What stands before the local model, which calls no tools: it picks them by words."""
