"""The ledger of calls of tools, and where tools read."""
