"""Proposals tried out: what the conversations behind one would be answered with it."""
