"""`bot stats`: what happened, in numbers."""
