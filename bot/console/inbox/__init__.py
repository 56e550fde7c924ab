"""The inbox: who waits for a person, whom a human has, whom the bot answers."""
