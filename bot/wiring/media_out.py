"""What is sent beside text: signed by the worker, served by the web process."""

# ruff: noqa: PLC0415

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.media import read_contents
from bot.wiring.money.metering import build_measure
from db.database import Database

if TYPE_CHECKING:
    from flask import Blueprint

    from bot.chat.talk import Talk
    from bot.media.outgoing.addresses import MediaAddresses
    from bot.media.outgoing.folder import MediaFolder
    from bot.media.outgoing.offers import Offers
    from bot.whatsapp.account import TwilioAccount
    from bot.whatsapp.media.sent import SentMedia
    from db.media.sent import KeptContent

# Of the threads that take webhooks, so many at most serve media: one of these.
SHARE_OF_THREADS = 4


def build_sent_media(
    settings: Settings, twilio: "TwilioAccount", database: Database
) -> "SentMedia":
    """Return what makes addresses of the media that are sent."""
    from bot.whatsapp.media.sent import SentMedia
    from db.media.sent import find_content
    from db.outages import repeat_once

    def find(sha256: str) -> "KeptContent | None":
        return repeat_once(partial(find_content, database, sha256))

    return SentMedia(_addresses(settings, twilio), find, _folder(settings))


def build_offers(settings: Settings) -> "Offers":
    """Return what knows the files that answers may bring."""
    from bot.media.outgoing.offers import NoOffers, OfferedFiles

    folder = _folder(settings)
    return OfferedFiles(folder) if folder else NoOffers()


def build_media_routes(
    settings: Settings, twilio: "TwilioAccount", database: Database
) -> "Blueprint":
    """Return the routes that serve what is sent."""
    from bot.serving.media import MediaServing

    serving = MediaServing(
        _addresses(settings, twilio),
        database,
        _folder(settings),
        most=max(1, settings.web_threads // SHARE_OF_THREADS),
        read_stored=read_contents(database, settings.media),
    )
    return serving.blueprint()


def with_spoken(talk: "Talk", settings: Settings, database: Database) -> "Talk":
    """Return the talk whose answers are spoken for whom wants it, if a server can."""
    if settings.speech is None:
        return talk
    from bot.chat.voice.spoken import Spoken
    from bot.llm.voice.server import Voice
    from db.media.contents import MediaContents

    keep = MediaContents(database, settings.media.folder).put
    speak = Voice(settings.speech, measure=build_measure(settings, database)).speak
    return replace(talk, answering=Spoken(talk.answering, speak, keep))


def _addresses(settings: Settings, twilio: "TwilioAccount") -> "MediaAddresses":
    from bot.media.outgoing.addresses import MediaAddresses

    return MediaAddresses(twilio.auth_tokens, settings.public_base_url)


def _folder(settings: Settings) -> "MediaFolder | None":
    from bot.media.outgoing.folder import MediaFolder

    return MediaFolder(settings.media_out) if settings.media_out else None
