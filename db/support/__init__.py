"""People of ours who step in: who has a chat, tickets, what they say."""
