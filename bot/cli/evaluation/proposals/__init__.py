"""`bot proposals`: what may be learned from what happened."""
