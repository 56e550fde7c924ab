"""What of the ledger is a person's, and for how long it is kept."""
