"""The database that a command works on."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from contextlib import contextmanager

from bot.settings import Settings


@contextmanager
def database_url() -> Iterator[str]:
    """Yield the configured database, or the embedded one, started if it must be."""
    configured = Settings.from_env()
    if configured.database_url is not None:
        yield configured.database_url
        return
    from db.embedded.server import EmbeddedPostgres

    running = configured.data_folder / "postgres.url"
    if running.exists():
        yield running.read_text().strip()
        return
    with EmbeddedPostgres(configured.data_folder) as postgres:
        yield postgres.url
