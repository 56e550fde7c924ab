"""Rules for every prompt that operators applied while the bot ran."""
