"""Cases: what was said, and what an answer to it must have."""
