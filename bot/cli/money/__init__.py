"""What was spent, on the terminal."""
