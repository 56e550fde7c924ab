"""What of the bot's acting is a person's, and for how long."""
