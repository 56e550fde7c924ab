"""Speech to text, from any server that offers it as OpenAI's does."""
