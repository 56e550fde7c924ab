"""The views on what answers stood on, wherever their chat is by now."""

from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import change, rows, take_in, value
from tests.db.test_views import ARCHIVE_IT
from tests.records import answer_to, said, stood_on


def test_sources_stand_beside_question_and_answer_and_tell_what_changed(
    database: Database, pg: PostgresChatStore
) -> None:
    add = (
        "INSERT INTO documents (title, file_type, sha256) VALUES ('Hours', 'text', 'a')"
    )
    change(database, add)
    known = {"document_id": value(database, "SELECT id FROM documents"), "sha256": "a"}
    asked = [said("When do you open?"), said("On Sunday, I mean", profile_name="Ana")]
    chat_id = [take_in(pg, message) for message in asked][-1]
    sources = (
        stood_on("Hours", page=7, **known),
        stood_on("Terms", is_cited=False, document_id=99),
    )
    reply = answer_to(*asked, text="At nine.", stood_on=sources)
    assert pg.record_reply(chat_id, reply)
    query = """
        SELECT full_name, question, answer, position, title, page, is_cited, document_is
        FROM answer_sources WHERE chat_id = %(chat_id)s ORDER BY position
    """
    said_then = ("Ana", "When do you open?\nOn Sunday, I mean", "At nine.")
    first = (*said_then, 1, "Hours", 7, True)
    second = (*said_then, 2, "Terms", None, False, "gone")
    assert rows(database, query, chat_id=chat_id) == [(*first, "the same"), second]
    change(database, "UPDATE documents SET sha256 = 'b', title = 'Opening'")
    assert rows(database, query, chat_id=chat_id) == [(*first, "changed"), second]
    change(database, ARCHIVE_IT, chat_id=chat_id)
    assert rows(database, query, chat_id=chat_id) == [(*first, "changed"), second]
