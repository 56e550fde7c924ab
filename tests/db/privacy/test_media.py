"""What people sent beside text goes with them, and in time: bytes before words."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents, path_of
from db.media.sweeping import remove_files
from db.privacy.erasure import erase_person
from db.privacy.export import export_person
from tests.db.privacy.aging import AGES, DAY, run
from tests.db.sql import change, take_in, value, values
from tests.records import ANA, BEN, said

KEY = b"k" * 32
PUT = """
INSERT INTO media_contents (sha256, media_type, size, content)
VALUES (%(sha)s, 'image/png', 4, %(content)s) ON CONFLICT DO NOTHING
"""
SEND = """
INSERT INTO media (user_id, message_sid, position, state, media_type, sha256, text)
VALUES (%(user_id)s, %(sid)s, 0, 'read', 'image/png', %(sha)s, 'a cat')
RETURNING id
"""
PART = """
INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, body,
                         media, status)
SELECT %(reference_id)s, chat_id, %(user_id)s, 0, phone_number, '', %(media)s,
       'delivered'
FROM users JOIN userchats ON customer_id = user_id WHERE user_id = %(user_id)s
"""
KEPT = "SELECT convert_from(content, 'UTF8') FROM media_contents ORDER BY 1"
AGED = "UPDATE {} SET created_at = now() - make_interval(days => %(days)s)"


@pytest.fixture
def ana(pg: PostgresChatStore, database: Database) -> UUID:
    return write(pg, database, ANA)


@pytest.fixture
def ben(pg: PostgresChatStore, database: Database) -> UUID:
    return write(pg, database, BEN)


def write(pg: PostgresChatStore, database: Database, address: str) -> UUID:
    take_in(pg, said("Look", address))
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=address)
    return found


def send(database: Database, user_id: UUID, content: str) -> int:
    sha = sha256(content.encode()).digest()
    change(database, PUT, sha=sha, content=content.encode())
    found: int = value(database, SEND, user_id=user_id, sid=str(uuid4()), sha=sha)
    return found


def answer_with(database: Database, user_id: UUID, content: str) -> UUID:
    """Put bytes, and store a part that names them; return the reply's id."""
    sha, reference_id = sha256(content.encode()), uuid4()
    change(database, PUT, sha=sha.digest(), content=content.encode())
    media = Jsonb([f"stored:{sha.hexdigest()}"])
    change(database, PART, reference_id=reference_id, user_id=user_id, media=media)
    return reference_id


def test_bytes_go_with_the_last_who_sent_them(
    database: Database, ana: UUID, ben: UUID
) -> None:
    send(database, ana, "hers")
    send(database, ana, "both")
    send(database, ben, "both")
    assert erase_person(database, ana, KEY)
    assert values(database, KEPT) == ["both"]
    assert erase_person(database, ben, KEY)
    assert values(database, KEPT) == []


def test_what_she_was_sent_goes_too_but_not_what_others_were_sent(
    database: Database, ana: UUID, ben: UUID
) -> None:
    answer_with(database, ana, "a voice")
    for user_id in (ana, ben):
        answer_with(database, user_id, "the menu")
    assert erase_person(database, ana, KEY)
    assert values(database, KEPT) == ["the menu"]


def test_her_picture_on_an_operators_phone_goes_with_her(
    database: Database, ana: UUID, ben: UUID
) -> None:
    send(database, ana, "hers")
    change(database, "SELECT open_ticket(%(ana)s, 'asked', NULL)", ana=ana)
    alert = answer_with(database, ben, "hers")
    change(
        database,
        "INSERT INTO support_alerts (reference_id, ticket_id, user_id, operator_id, "
        "about) SELECT %(alert)s, id, user_id, %(ben)s, '' FROM support_tickets",
        alert=alert, ben=ben,
    )  # fmt: skip
    assert erase_person(database, ana, KEY)
    assert values(database, KEPT) == []


def test_an_export_has_the_bytes_that_she_sent_and_no_others(
    database: Database, ana: UUID, ben: UUID
) -> None:
    send(database, ana, "hers")
    send(database, ben, "his")
    exported = "".join(export_person(database, ana))
    assert "aGVycw==" in exported
    assert "aGlz" not in exported


def test_files_are_named_to_be_removed_and_an_export_has_them(
    database: Database, ana: UUID, ben: UUID, tmp_path: Path
) -> None:
    for content, people in (("hers", [ana]), ("both", [ana, ben])):
        MediaContents(database, tmp_path).put(content.encode(), "image/png")
        for user_id in people:
            send(database, user_id, content)
    hers, both = (sha256(each).hexdigest() for each in (b"hers", b"both"))
    path_of(tmp_path, both).write_bytes(b"damaged")
    exported = json.loads("".join(export_person(database, ana, tmp_path)))
    assert exported["media_files"] == [
        {"sha256": hers, "content": "aGVycw=="},
        {"sha256": both, "content": None},
    ]
    erased = erase_person(database, ana, KEY)
    assert erased is not None
    assert erased.files == [hers], "Ben's stays"
    remove_files(database, tmp_path, [hers, both])
    assert [file.name for file in tmp_path.glob("*/*")] == [both]


def test_bytes_go_in_time_and_the_words_stay_with_the_chat(
    database: Database, ana: UUID
) -> None:
    media_id = send(database, ana, "old")
    change(
        database,
        "INSERT INTO media_chunks VALUES (%(media_id)s, 0, '', NULL, 'piece')",
        media_id=media_id,
    )
    for table in ("media", "media_contents"):
        change(database, AGED.format(table), days=91)
    send(database, ana, "new")
    ages = {"bytes of media dropped": 1, "pieces of people's documents dropped": 1}
    assert run(database, replace(AGES, drop_media=90 * DAY)) == ages
    assert values(database, KEPT) == ["new"]
    assert values(database, "SELECT text FROM media") == ["a cat", "a cat"]


def test_what_was_sent_again_of_late_is_kept(database: Database, ana: UUID) -> None:
    send(database, ana, "again")
    change(database, AGED.format("media_contents"), days=91)
    assert run(database, replace(AGES, drop_media=90 * DAY)) == {}


def test_what_nothing_names_goes_after_a_day(database: Database, ana: UUID) -> None:
    for content in ("made for an answer", "given up"):
        change(database, PUT, sha=sha256(content.encode()).digest(),
               content=content.encode())  # fmt: skip
    answer_with(database, ana, "made for an answer")
    assert run(database) == {}
    change(database, AGED.format("media_contents"), days=2)
    assert run(database) == {"bytes that nothing names dropped": 1}
    assert values(database, KEPT) == ["made for an answer"]


def test_facts_and_feedback_go_in_time(database: Database, ana: UUID) -> None:
    change(
        database,
        "INSERT INTO user_facts (user_id, kind, text, message_sid, valid_until) VALUES "
        "(%(ana)s, 'plan', 'comes on Monday', 'SM1', now() - interval '1 day'), "
        "(%(ana)s, 'person', 'is vegan', 'SM2', NULL)",
        ana=ana,
    )
    change(
        database,
        "INSERT INTO feedback (user_id, rating, created_at) "
        "VALUES (%(ana)s, -1, now() - interval '731 days')",
        ana=ana,
    )
    assert run(database) == {"facts dropped": 1, "feedback dropped": 1}
