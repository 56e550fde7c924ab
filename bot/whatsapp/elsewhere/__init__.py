"""What is written from our number past us."""
