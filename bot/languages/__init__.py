"""Which language a user is answered in, and the sentences of the bot in each."""
