"""`bot retention`: purge what is old."""
