"""Files of the business that the LLM may send with an answer."""
