"""What is judged of answers, as everyone passes it around."""
