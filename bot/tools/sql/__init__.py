"""SQL tools: an operator's own statements in .sql files, for whoever asks."""
