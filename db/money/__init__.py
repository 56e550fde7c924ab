"""The ledger of what was spent, and what may be."""
