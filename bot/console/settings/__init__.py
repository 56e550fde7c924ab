"""What is set, canned replies, operators, and who did what."""
