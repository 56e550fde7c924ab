"""What evaluation consists of."""
