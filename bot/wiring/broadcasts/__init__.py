"""What broadcasts consist of."""
