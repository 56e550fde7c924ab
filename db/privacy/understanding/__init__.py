"""What of media, facts, preferences and feedback is a person's, and for how long."""
