"""Words that are for the bot itself: one table of them, and what each does."""
