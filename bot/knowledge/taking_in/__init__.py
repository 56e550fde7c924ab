"""Taking documents in: where they come from, their language, their chunks."""
