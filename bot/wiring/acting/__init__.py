"""What the bot does beside talking: its tools, put together."""
