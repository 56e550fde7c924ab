"""A user's own files: found for a question of theirs, and for nobody else's."""
