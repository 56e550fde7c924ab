"""What operators may learn from what happened: found, looked at, applied, undone."""
