"""What was sent beside text: shown and served to operators, and sent by them."""
