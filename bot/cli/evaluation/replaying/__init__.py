"""`bot replay` and `bot replays`: answers of the past given anew, and looked at."""
