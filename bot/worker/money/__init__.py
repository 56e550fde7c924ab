"""What looks after the ledger of spendings on a schedule."""
