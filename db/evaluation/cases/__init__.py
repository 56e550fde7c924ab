"""Cases in the database: kept, and found in what happened."""
