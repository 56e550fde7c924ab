"""How a person wants to be answered: shown and set by /settings, told to the LLM."""
