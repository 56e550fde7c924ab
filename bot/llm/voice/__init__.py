"""A text as a voice note, from a server."""
