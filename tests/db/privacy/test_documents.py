"""A person's own documents, and what the bot was told for all of them."""

import base64
import json
import secrets
import threading
from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.documents import PIECE
from db.privacy.erasure import erase_person
from db.privacy.export import export_person
from db.records import Gap
from tests.db.privacy.aging import close, grow_old, run
from tests.db.privacy.planting import LONG, MARKER, find_cara, plant
from tests.db.sql import (
    appears,
    change,
    holding,
    take_in,
    values,
    waiting_backends,
)
from tests.db.test_sources_of_replies import ask
from tests.records import ANA, BEN, answer_to, said, stood_on

KEY = b"the key of the tests"


@pytest.fixture
def session_timeout() -> timedelta:
    return LONG


def test_the_export_has_her_documents_and_whole_files(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    change(
        database, "INSERT INTO documents (title, file_type) VALUES ('Prices', 'pdf')"
    )
    content = secrets.token_bytes(2 * PIECE + 1)
    change(database, "UPDATE document_uploads SET content = %(c)b", c=content)
    told = json.loads("".join(export_person(database, find_cara(database))))
    assert [row["title"] for row in told["documents"]] == [MARKER] * 3
    assert [row["chunk_text"] for row in told["document_chunks"]] == [MARKER, MARKER]
    pieces = told["document_uploads"]
    assert [row["from_byte"] for row in pieces] == [0, PIECE, 2 * PIECE]
    assert content == b"".join(base64.b64decode(row["content"]) for row in pieces)
    for name in ("products", "answer_passages", "gap_questions", "knowledge_gaps"):
        assert MARKER in str(told[name])


def test_a_question_that_meets_an_erasure_keeps_its_gap(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    cara = find_cara(database)
    take_in(pg, said("Hi", BEN))
    asking = threading.Thread(
        target=ask, args=(pg, MARKER), kwargs={"address": BEN, "question": "Ben's"}
    )
    erasing = threading.Thread(target=erase_person, args=(database, cara, KEY))
    held = "SELECT 1 FROM knowledge_gaps FOR UPDATE"
    with holding(database, held):
        asking.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
        erasing.start()
        assert appears(lambda: len(waiting_backends(database)) == 2)
    asking.join()
    erasing.join()
    query = "SELECT question FROM gap_questions JOIN knowledge_gaps ON id = gap_id"
    assert values(database, query) == ["Ben's"]


def test_an_erasure_waits_for_a_version_that_is_taken_in(
    database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    cara = find_cara(database)
    erasing = threading.Thread(target=erase_person, args=(database, cara, KEY))
    with holding(database, "SELECT 1 FROM documents FOR UPDATE") as worker:
        erasing.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
        # It holds nothing that the worker wants: else one of the two would be broken.
        worker.count("SELECT 1 FROM document_chunks FOR UPDATE NOWAIT")
        worker.count("DELETE FROM document_chunks")
    erasing.join()
    assert values(database, "SELECT id FROM documents") == []


def test_what_an_answer_stood_on_and_lacked_goes_with_its_chat(
    database: Database, pg: PostgresChatStore
) -> None:
    gap = Gap("Can I park?", ("park",))
    for address in (ANA, BEN):
        message = said("Can I park?", address)
        chat_id = take_in(pg, message)
        reply = answer_to(message, parts=(), stood_on=(stood_on("Hours"),), gap=gap)
        assert pg.record_reply(chat_id, reply)
        grow_old(database, chat_id, 900)
        close(database, chat_id)
    assert run(database) == {"closed chats archived": 2}
    change(database, "UPDATE knowledge_gaps SET created_at = now() - interval '900 d'")
    left = "SELECT count(*) FROM {} UNION ALL SELECT count(*) FROM {}"
    counted = left.format("answer_passages", "gap_questions")
    for gone, gaps in (([1, 1], {}), ([0, 0], {"gaps dropped": 1})):
        change(database, "UPDATE userchats_archive "
               "SET archived_at = now() - interval '731 days' WHERE chat_id = "
               "(SELECT min(chat_id) FROM userchats_archive)")  # fmt: skip
        assert run(database) == {"archived chats deleted": 1, **gaps}
        assert values(database, counted) == gone


@pytest.mark.parametrize("table", ["userchats", "userchats_archive"])
def test_it_goes_with_a_chat_that_is_deleted_by_hand(
    database: Database, pg: PostgresChatStore, table: str
) -> None:
    for address in (ANA, BEN):
        message = said("Can I park?", address)
        gap, on = Gap("Can I park?", ("park",)), (stood_on("Hours"),)
        chat_id = take_in(pg, message)
        reply = answer_to(message, parts=(), stood_on=on, gap=gap)
        assert pg.record_reply(chat_id, reply)
        if table == "userchats_archive":
            grow_old(database, chat_id, 900)
            close(database, chat_id)
    run(database)
    by_hand = "DELETE FROM {} WHERE chat_id = %(chat)s".format
    assert change(database, by_hand(table), chat=chat_id) == 1
    left = "SELECT chat_id = %(chat)s FROM {}".format
    for kept in ("answer_passages", "gap_questions"):
        assert values(database, left(kept), chat=chat_id) == [False]
