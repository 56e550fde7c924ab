"""What fetches, keeps and reads what people send beside text."""

# ruff: noqa: PLC0415

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.media.policy import MediaPolicy
from db.database import Database

if TYPE_CHECKING:
    from procrastinate import App

    from bot.chat.files.finding import OwnFiles
    from bot.chat.talk import Talk
    from bot.media.fetching import Fetch
    from bot.media.protocol import Sense
    from bot.relay.media import FetchNow
    from bot.whatsapp.account import TwilioAccount


def build_fetch(twilio: "TwilioAccount", policy: MediaPolicy) -> "Fetch":
    """Return what fetches media of messages to an account."""
    from bot.whatsapp.media.download import MediaDownload

    return MediaDownload(twilio, policy.more_hosts).fetch


def read_contents(
    database: Database, policy: MediaPolicy
) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of media, by their sha256."""
    from db.media.contents import MediaContents

    return MediaContents(database, policy.folder).read


def build_files(database: Database) -> "OwnFiles":
    """Return what finds passages of the files that users sent."""
    from bot.chat.files.finding import FilesFound
    from db.knowledge.terms import find_stems
    from db.media.pieces import load_pieces

    return FilesFound(partial(load_pieces, database), partial(find_stems, database))


def build_having(fetch: "Fetch", database: Database, policy: MediaPolicy) -> "FetchNow":
    """Return what has a message's media fetched and kept for whoever passes them on."""
    from bot.media.looking import Looking
    from bot.relay.fetching import Fetching
    from db.media.contents import MediaContents
    from db.media.looked import MediaRows
    from db.media.seen import find_seen

    rows = MediaRows(database, MediaContents(database, policy.folder))
    looking = Looking(fetch=fetch, rows=rows)
    return Fetching(looking, partial(find_seen, database)).fetch_now


def with_media(
    talk: "Talk",
    fetch: "Fetch",
    database: Database,
    policy: MediaPolicy,
    senses: "Mapping[str, Sense]",
) -> "Talk":
    """Return the talk that looks at what comes beside text, before it answers.

    `senses` are by kind: audio, image, document, video. Contact cards are read here.
    """
    from bot.chat.media.echoing import Echoing
    from bot.chat.media.looking import Looks
    from bot.media.contacts import ContactCards
    from bot.media.looking import Looking
    from db.media.contents import MediaContents
    from db.media.looked import MediaRows

    contents = MediaContents(database, policy.folder)
    looking = Looking(
        fetch=fetch,
        rows=MediaRows(database, contents),
        senses={"contact": ContactCards(), **senses},
        stopping=talk.stopping,
    )
    answering = Echoing(talk.answering) if policy.echoes_voice else talk.answering
    return replace(talk, looks=Looks(looking).look, answering=answering)


def register_sweeping(queue: "App", database: Database, policy: MediaPolicy) -> None:
    """Register what removes files of a folder that no row names any more."""
    from bot.worker.scheduled import register_sweep
    from db.media.sweeping import sweep_files

    if policy.folder is not None:
        register_sweep(queue, partial(sweep_files, database, policy.folder))
