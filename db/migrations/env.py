"""Alembic's entry: runs on the connection that db.schema or db.migrations gives."""

from alembic import context

from db.models import metadata

given = context.config.attributes
context.configure(
    connection=given["connection"],
    target_metadata=given.get("metadata", metadata),
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
