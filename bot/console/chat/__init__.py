"""One person's chat: what was said and why, replying, taking over, their case."""
