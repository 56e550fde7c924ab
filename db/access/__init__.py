"""Who may do what in the database, and psql on it."""
