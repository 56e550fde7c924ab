"""What the bot remembers of a talk beyond the turns that a prompt has room for."""
