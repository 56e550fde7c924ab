"""What tickets, log-ins and alerts hold about people, erased, exported, and purged."""
