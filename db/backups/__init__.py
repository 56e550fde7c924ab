"""Keeping the data, and getting it back without doing anything twice."""
