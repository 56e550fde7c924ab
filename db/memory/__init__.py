"""What is kept of people and talks: wishes, facts, summaries, labels."""
