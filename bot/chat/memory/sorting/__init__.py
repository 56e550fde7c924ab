"""Rules of the operator's that sort chats by their labels."""
