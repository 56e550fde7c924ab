"""What counts the money that is spent."""
