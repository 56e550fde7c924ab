"""What operators are told: of customers, and of what is wrong with the bot."""
