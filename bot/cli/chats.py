"""`bot chats`: search, list, show and export transcripts."""
