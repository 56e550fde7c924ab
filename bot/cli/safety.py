"""`bot db backup|restore|verify|reset`: keep the data, and get it back."""
