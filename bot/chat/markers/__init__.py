"""Markers: what the LLM writes in square brackets, for the bot alone."""
