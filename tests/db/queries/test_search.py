"""Search: what is found in which chats, in what order, and what an append costs."""

from datetime import timedelta

import pytest
from psycopg import errors

from db.chats import PostgresChatStore
from db.database import Database
from db.queries.search import FOUND_FROM, FOUND_TO, Findings, search_messages
from tests.db.queries.past_chats import CLOSE, NOON, add_chat, find
from tests.db.sql import change, rows, take_in, value
from tests.records import ANA, answer_to, said

ARCHIVE = """
WITH moved AS (DELETE FROM userchats WHERE NOT is_active RETURNING *)
INSERT INTO userchats_archive
  (chat_id, customer_id, is_active, messages, metadata, created_at, updated_at)
SELECT chat_id, customer_id, is_active, messages, metadata, created_at, updated_at
FROM moved
"""


def look_up(
    database: Database, words: str, most: int = 20, chats: int = 99
) -> Findings:
    with database.transaction() as connection:
        return search_messages(connection, words, most, chats)


def test_a_message_is_found_in_an_active_a_closed_and_an_archived_chat(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("Do you sell bread?")
    chat_id = take_in(pg, question)
    assert pg.record_reply(chat_id, answer_to(question, text="Rye only."))
    for step in ("SELECT 1", CLOSE, ARCHIVE):
        change(database, step)
        assert find(database, "bread") == ["Do you sell bread?"]
        assert find(database, "rye") == ["Rye only."]
        assert find(database, "cake") == []
    assert value(database, "SELECT count(*) FROM userchats_archive") == 1


def test_a_hit_says_who_said_it_and_where(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("Hello"))
    take_in(pg, said("Do you sell bread?", profile_name="Ana"))
    ((found_in, _, *hit),) = rows(database, "SELECT * FROM search_messages('BREAD')")
    assert found_in == chat_id
    assert hit[:4] == [ANA, "Ana", 1, "user"]
    assert hit[5:] == ["Do you sell «bread»?", "Do you sell bread?"]
    assert hit[4] == value(
        database, "SELECT (messages -> 1 ->> 'timestamp')::timestamptz FROM userchats"
    )


def test_the_newest_messages_come_first_whatever_chat_they_are_in(
    database: Database,
) -> None:
    add_chat(database, "bread 2", hour=2, state="archived")
    add_chat(database, "bread 1", hour=1, state="active")
    add_chat(database, "bread 3", "no cake", "bread 4", hour=3)
    add_chat(database, "bread 0", hour=0)
    assert find(database, "bread") == [f"bread {n}" for n in (4, 3, 2, 1, 0)]
    assert find(database, "bread", 2) == ["bread 4", "bread 3"]


def test_a_long_running_chat_does_not_hide_newer_messages_of_others(
    database: Database,
) -> None:
    slow = add_chat(database, "bread 1", "bread 2", hour=1)
    add_chat(database, "bread 3", hour=5)
    later = NOON + timedelta(hours=9)
    change(
        database,
        "UPDATE userchats SET updated_at = %(later)s WHERE chat_id = %(slow)s",
        later=later,
        slow=slow,
    )
    assert find(database, "bread", 1) == ["bread 3"]


MANY_LANGUAGES = (
    "bread, no rye", "fresh rye bread", "Große STRASSE oder Straße", "Где Домик?",
    "İstanbul'da", "mail to User@Example.com", "an E-Mail 🍞", "10 $ & 5 %",
)  # fmt: skip
FOUND_BY = {
    "rye bread": ["fresh rye bread", "bread, no rye"],
    '"rye bread"': ["fresh rye bread"],
    "fre* bread": ["fresh rye bread"],
    '"fresh ry*"': ["fresh rye bread"],
    '"rye bread': ["fresh rye bread"],
    "FRESH": ["fresh rye bread"],
    "rye cake": [],
    "ry": [],
    "straße": ["Große STRASSE oder Straße"],
    "дом*": ["Где Домик?"],
    "istanbul": ["İstanbul'da"],
    "user@example.com": ["mail to User@Example.com"],
    "e-ma*": ["an E-Mail 🍞"],
    "$10": ["10 $ & 5 %"],
}


@pytest.mark.parametrize("state", ["active", "closed", "archived"])
def test_words_phrases_and_beginnings_in_any_language(
    database: Database, state: str
) -> None:
    add_chat(database, *MANY_LANGUAGES, state=state)
    assert {words: find(database, words) for words in FOUND_BY} == FOUND_BY


ODD_WORDS = [
    "", " ", "*", '"', '""" "', "' \\ & | ! ( <-> :* %s :a $1", "<b>", "-", "\x01",
    "\\\"'" * 400, "x" * 5000, '"a ' * 500, "'; DROP TABLE users; --", "🍞",
    "\ufffe", "[", "(?i)", "a\\", "%", "_", "a:*", "1:2", "!!a", "a'b''c",
]  # fmt: skip


@pytest.mark.parametrize("state", ["active", "closed"])
def test_odd_words_are_no_error(database: Database, state: str) -> None:
    add_chat(database, "ordinary text", state=state)
    for words in ODD_WORDS:
        assert find(database, words) == []
        assert look_up(database, words + "\0") == Findings((), is_cut=False)


@pytest.mark.parametrize("most", [0, -1])
def test_nothing_is_asked_for_and_nothing_is_found(
    database: Database, most: int
) -> None:
    add_chat(database, "bread")
    assert find(database, "bread", most) == []


def test_odd_messages_are_passed_over(database: Database) -> None:
    add_chat(database, 7, None, ["bread"], {"bread": "bread"}, "bread")
    change(database, 'UPDATE userchats SET messages = messages || \'{"role": "user"}\'')
    assert find(database, "bread") == ["bread", '["bread"]']


def test_a_message_without_a_readable_time_is_found_last(database: Database) -> None:
    chat_id = add_chat(database, "bread 1", "bread 2")
    change(
        database,
        """UPDATE userchats SET messages =
           jsonb_set(messages, '{1,timestamp}', '"yesterday"')
           WHERE chat_id = %(id)s""",
        id=chat_id,
    )
    assert find(database, "bread") == ["bread 1", "bread 2"]


def test_phrases_do_not_reach_from_one_message_into_the_next(
    database: Database,
) -> None:
    add_chat(database, "I like rye", "bread is fine")
    assert find(database, '"rye bread"') == []
    assert find(database, "rye bread") == []


def test_places_do_not_end_where_a_tsvector_stops_counting(database: Database) -> None:
    # Positions in a tsvector end at 16,383, and at 256 a word.
    add_chat(database, *["the " * 900] * 20, "the end of the road", state="closed")
    assert find(database, '"the road"') == ["the end of the road"]


def test_the_newest_chats_are_looked_into_and_a_warning_tells_of_the_rest(
    database: Database,
) -> None:
    for hour in range(4):
        add_chat(database, f"bread {hour}", hour=hour)
        add_chat(database, f"active bread {hour}", hour=hour, state="active")
    cut = look_up(database, "bread", chats=2)
    assert cut.is_cut
    assert [hit.snippet[-1] for hit in cut.hits] == ["3", "3", "2", "2"]
    assert not look_up(database, "bread", chats=4).is_cut
    assert not look_up(database, "bread", most=2, chats=2).is_cut
    unbounded = "SELECT count(*) FROM search_messages('bread', NULL, NULL)"
    assert value(database, unbounded) == 8


def test_a_snippet_marks_what_was_found_and_nothing_else(database: Database) -> None:
    add_chat(database, f"plain {FOUND_FROM}faked{FOUND_TO} rye bread")
    (hit,) = look_up(database, '"rye bread"').hits
    assert hit.snippet == (
        f"plain faked {FOUND_FROM}rye{FOUND_TO} {FOUND_FROM}bread{FOUND_TO}"
    )


def test_a_search_path_of_others_changes_nothing(database: Database) -> None:
    add_chat(database, "bread")
    with database.transaction() as connection:
        connection.count("CREATE SCHEMA evil")
        connection.count("CREATE TABLE evil.users AS TABLE users WITH NO DATA")
        connection.count("CREATE TEMP TABLE userchats (chat_id text)")
        connection.count("SET LOCAL search_path TO evil")
        query = "SELECT content FROM public.search_messages('bread')"
        assert connection.column(query) == ["bread"]


def test_searching_writes_nothing(database: Database) -> None:
    add_chat(database, "bread")
    refused = pytest.raises(errors.ReadOnlySqlTransaction)
    with refused, database.transaction(snapshot=True) as connection:
        found = search_messages(connection, "bread", 20, 99)
        assert len(found.hits) == 1
        connection.count(CLOSE)
