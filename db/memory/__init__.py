"""What is kept of people: how they want to be answered, and what they told."""
