"""`bot db roles`: who may do what in the database."""
