"""What the console consists of, and the pieces that its pages come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import cast

from flask import Blueprint, current_app

from bot.console.chat.templates_setting import ReplyTemplate
from bot.console.permissions import May
from db.database import Database
from db.media.contents import MediaContents


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What the pages work with.

    `database` is the console's own role's. `origin` is where people reach it: its host
    is the only one that is answered to, and with https cookies are sent by TLS alone.
    `handoff_lasts` is how long a chat stays a person's after their last word.
    `templates` are offered where the service window is over; with `holds` a reply
    waits then until they write. `media_folder` has the bytes of media; None: the
    database has them.
    """

    database: Database
    secret_key: str = field(repr=False)
    origin: str = "http://127.0.0.1:8002"
    timezone: tzinfo = UTC
    handoff_lasts: timedelta | None = None
    templates: Sequence[ReplyTemplate] = ()
    holds: bool = False
    media_folder: Path | None = None

    @property
    def contents(self) -> MediaContents:
        """What keeps bytes of media, and gives them back."""
        return MediaContents(self.database, self.media_folder)

    @property
    def is_secure(self) -> bool:
        """Whether it is reached over TLS."""
        return self.origin.startswith("https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the console: its routes, and where the menu leads, if it does.

    `endpoint` is the page behind `label`, shown to those who may do what it needs. A
    piece without one may stand `under` another: the name of that one's blueprint.
    """

    routes: Blueprint
    label: str = ""
    endpoint: str = ""
    needs: May = May.SEE_CHATS
    under: str = ""


def console() -> Console:
    """Return the console that answers the request."""
    return cast(Console, current_app.extensions["console"])


def pieces() -> Sequence[Piece]:
    """Return the pieces of the console that answers the request."""
    return cast(Sequence[Piece], current_app.extensions["pieces"])
