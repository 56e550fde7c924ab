"""What users are asked before a tool acts for them, and what they answer."""
