"""What proposals hold about people, erased, exported, and purged."""
