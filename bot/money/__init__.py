"""What things cost: prices, reservations, budgets."""
