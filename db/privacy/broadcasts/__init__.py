"""What broadcasts hold about people, erased, exported, and purged."""
