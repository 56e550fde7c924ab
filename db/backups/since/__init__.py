"""What of people is as it is now, whatever backup is restored."""
