"""Passing a chat on to a person: when, what the user is told, what the LLM knows."""
