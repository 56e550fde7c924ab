"""What is a person's among cases and what became of them, and for how long."""
