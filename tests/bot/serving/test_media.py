"""What Twilio loads of ours: signed addresses, in pieces, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.media.outgoing.addresses import LIFETIME_SECONDS, MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.refs import FileRef, Ref, StoredRef
from bot.serving.media import MediaServing
from bot.serving.ranges import PIECE_BYTES
from db.database import Database
from db.media.contents import MediaContents, path_of
from db.pool import Limits
from tests.bot.media.outgoing import files
from tests.db.sql import change

NAME = "Offer.pdf"
WORD = "secret"
CONTENT = files.PDF + bytes(range(256)) * 1200  # two pieces
assert PIECE_BYTES < len(CONTENT) < 2 * PIECE_BYTES


@dataclass
class Loader:
    """Loads addresses as Twilio does."""

    client: FlaskClient
    now: float = 1_800_000_000.0

    def path(self, ref: Ref, name: str = NAME, key: str = WORD) -> str:
        signing = MediaAddresses([key], "https://bot.example", lambda: self.now)
        return urlsplit(signing.sign(ref, name)).path

    def get(self, ref: Ref, name: str = NAME, **headers: str) -> TestResponse:
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.get(self.path(ref, name), headers=told, buffered=True)


@pytest.fixture
def loader(database: Database, tmp_path: Path) -> Loader:
    (tmp_path / "menu.pdf").write_bytes(files.PDF)
    made = Loader(Flask("bot").test_client())
    addresses = MediaAddresses(["new", WORD], "", lambda: made.now)
    read_stored = MediaContents(database, tmp_path / "store").read
    folder = MediaFolder(tmp_path)
    serving = MediaServing(addresses, database, folder, most=1, read_stored=read_stored)
    made.client.application.register_blueprint(serving.blueprint())
    return made


@pytest.fixture
def kept(database: Database) -> StoredRef:
    return StoredRef(MediaContents(database).put(CONTENT, "application/pdf"))


def test_kept_bytes_are_served_whole_and_harmlessly(
    loader: Loader, kept: StoredRef
) -> None:
    answer = loader.get(kept, "\u00dcber uns.pdf")
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"_ber uns.pdf\"; filename*=UTF-8''%C3%9Cber%20uns.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"].startswith("private")


def test_a_file_of_the_folder_is_served(loader: Loader) -> None:
    answer = loader.get(FileRef("menu.pdf"), "menu.pdf")
    assert (answer.status_code, answer.data) == (200, files.PDF)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=300000-", 300_000, len(CONTENT)),
        ("bytes=-10", len(CONTENT) - 10, len(CONTENT)),
        ("bytes=262143-262145", 262_143, 262_146),
    ],
)
def test_a_piece_is_served_by_its_range(
    loader: Loader, kept: StoredRef, asked: str, start: int, end: int
) -> None:
    answer = loader.get(kept, Range=asked)
    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    told = f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["Content-Range"] == told


@pytest.mark.parametrize("asked", ["bytes=9-1", "words=0-1", "bytes=0-1,3-4", "x"])
def test_a_range_that_says_nothing_gets_the_whole(
    loader: Loader, kept: StoredRef, asked: str
) -> None:
    answer = loader.get(kept, Range=asked)
    assert (answer.status_code, len(answer.data)) == (200, len(CONTENT))


def test_what_lies_behind_the_end_is_refused(loader: Loader, kept: StoredRef) -> None:
    answer = loader.get(kept, Range=f"bytes={len(CONTENT)}-")
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_what_who_asks_has_is_not_sent_again(loader: Loader, kept: StoredRef) -> None:
    etag = loader.get(kept).headers["ETag"]
    assert loader.get(kept, If_None_Match=etag).status_code == 304
    ranged = {"Range": "bytes=0-0"}
    assert loader.get(kept, If_Range=etag, **ranged).status_code == 206
    assert loader.get(kept, If_Range='"other"', **ranged).status_code == 200


def test_its_head_alone_can_be_asked_for(loader: Loader, kept: StoredRef) -> None:
    answer = loader.client.head(loader.path(kept))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(CONTENT))


def test_all_that_is_wrong_is_answered_alike(
    loader: Loader, kept: StoredRef, database: Database
) -> None:
    path = loader.path(kept)
    page = StoredRef(MediaContents(database).put(files.HTML, "text/html"))
    wrong = [
        loader.path(kept, key="stranger"),
        loader.path(StoredRef("0" * 64)),
        loader.path(page),
        loader.path(FileRef("none.pdf")),
        loader.path(kept, "x\r\nSet-Cookie: a.pdf"),
        path.replace(NAME, "%2e%2e"),
        "/media/A/a.pdf",
    ]
    answers = [loader.client.get(one) for one in wrong]
    change(database, "DELETE FROM media_contents")
    answers.append(loader.client.get(path))
    loader.now += LIFETIME_SECONDS + 1
    answers.append(loader.client.get(path))
    assert {(a.status_code, a.data) for a in answers} == {(404, answers[0].data)}
    assert loader.client.get("/media/").status_code == 404
    assert loader.client.post(path).status_code == 405


def test_bytes_that_lie_in_a_folder_are_served(
    loader: Loader, database: Database, tmp_path: Path
) -> None:
    ref = StoredRef(MediaContents(database, tmp_path / "store").put(CONTENT, "a/b"))
    assert loader.get(ref).status_code == 404, "WhatsApp takes no such thing"
    filed = MediaContents(database, tmp_path / "store").put(
        files.PDF, "application/pdf"
    )
    answer = loader.get(StoredRef(filed), Range="bytes=1-3")
    assert (answer.status_code, answer.data) == (206, files.PDF[1:4])
    path_of(tmp_path / "store", filed).unlink()
    assert loader.get(StoredRef(filed)).status_code == 404


def test_so_many_are_under_way_at_once(loader: Loader, kept: StoredRef) -> None:
    under_way = loader.client.get(loader.path(kept), buffered=False)
    pieces: Iterator[bytes] = under_way.iter_encoded()
    next(pieces)
    refused = loader.get(kept)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    under_way.close()
    assert loader.get(kept).status_code == 200
    assert loader.get(StoredRef("0" * 64)).status_code == 404
    assert loader.get(kept).status_code == 200


def test_a_database_that_is_away_is_asked_again_later(tmp_path: Path) -> None:
    away = Database("postgresql://bot@127.0.0.1:9/x", Limits(connections=1))
    loader = Loader(Flask("bot").test_client())
    addresses = MediaAddresses([WORD], "", lambda: loader.now)
    serving = MediaServing(addresses, away, read_stored=MediaContents(away).read)
    loader.client.application.register_blueprint(serving.blueprint())
    assert loader.get(StoredRef("0" * 64)).status_code == 503
