"""`bot users`: list, show, deactivate, export and erase people."""
