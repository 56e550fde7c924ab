"""The inbox: who waits for a person, whom a human has, and whom the bot answers."""
