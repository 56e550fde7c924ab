"""What the LLM may ask for: tools, and what came of each call."""
