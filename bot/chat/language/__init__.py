"""The language of a talk: which one it is, and what a user can say of it."""
