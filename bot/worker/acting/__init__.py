"""What runs on the queue for what the bot does beside talking."""
