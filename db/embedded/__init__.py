"""The PostgreSQL 16 that comes with a wheel, for `make run` and the tests."""
