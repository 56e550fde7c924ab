"""What operators do with the data: look, count, keep, restore, purge, erase."""
