"""What the worker does to remember."""
