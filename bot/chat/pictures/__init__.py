"""Users' pictures in a prompt, for an LLM that sees."""
