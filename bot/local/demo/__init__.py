"""The demo business: a bakery's papers, its orders, and what the bot may do for it."""
