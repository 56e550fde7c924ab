"""What sends broadcasts on a schedule."""
