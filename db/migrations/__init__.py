"""Alembic's numbered migrations, and the calls that run them."""
