"""Answers that do something: calls of tools for a batch, and what is said of them."""
