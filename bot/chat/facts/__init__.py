"""What users tell of themselves: what is kept of it, shown, and forgotten."""
