"""`bot tools`: what the bot may do, seen and tried by an operator."""
