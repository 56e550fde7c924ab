"""Voice notes, pictures and files that people send: fetched, kept, read."""
