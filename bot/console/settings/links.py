"""Links that are shown once."""

from bot.console.parts import Console


def invitation_link(console: Console, token: str) -> str:
    """Return the address at which somebody who was invited sets their password."""
    return f"{console.origin}/invitation/{token}"
