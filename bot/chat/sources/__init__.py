"""What an answer stands on: given to the LLM, checked, and named to the user."""
