"""What operators think of the bot's answers."""
