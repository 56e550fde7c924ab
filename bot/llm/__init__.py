"""The LLM protocol, its OpenAI-compatible client and the local model's server."""
