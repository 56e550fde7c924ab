"""What a reply does besides is done with it: once, or not at all."""

from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.deeds import DEEDS
from db.memory.knowing import People
from db.records import DEED_KINDS, Deed
from tests.db.sql import change, take_in, value, values
from tests.records import answer_to, said

PREFERENCES = "SELECT preferences FROM user_preferences"


def prefer(
    pg: PostgresChatStore, wishes: dict[str, object], times: int = 1
) -> list[int]:
    """Have a wish settled; return how many turns the chat had after each try."""
    message = said("/settings")
    reply = replace(answer_to(message), deeds=(Deed("set_preferences", wishes),))
    chat_id = take_in(pg, message)
    return [pg.record_reply(chat_id, reply) for _ in range(times)]


def test_every_deed_has_its_statement() -> None:
    assert set(DEEDS) == set(DEED_KINDS)


def test_preferences_are_set_changed_and_taken_back(
    database: Database, pg: PostgresChatStore
) -> None:
    prefer(pg, {"length": "short", "alerts": "on"})
    prefer(pg, {"length": "long"})
    assert value(database, PREFERENCES) == {"length": "long", "alerts": "on"}
    prefer(pg, {"length": None})
    assert value(database, PREFERENCES) == {"alerts": "on"}
    change(database, "DELETE FROM user_preferences")
    prefer(pg, {"length": None, "answers": "text"})
    assert value(database, PREFERENCES) == {"answers": "text"}


def test_a_reply_that_is_refused_does_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    assert prefer(pg, {"length": "short"}, times=2) == [2, 0]
    message = said("/settings")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    late = replace(
        answer_to(message), deeds=(Deed("set_preferences", {"length": "long"}),)
    )
    assert pg.record_reply(chat_id, late) == 0
    assert values(database, PREFERENCES) == [{"length": "short"}]


def test_one_deed_of_a_kind_is_all_that_a_reply_may_do(pg: PostgresChatStore) -> None:
    message = said("/settings")
    twice = (Deed("set_preferences", {}), Deed("set_preferences", {}))
    chat_id = take_in(pg, message)
    with pytest.raises(ValueError, match="two deeds"):
        pg.record_reply(chat_id, replace(answer_to(message), deeds=twice))


def test_what_is_kept_of_a_person_is_told(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", profile_name="Ana"))
    change(
        database,
        """
        INSERT INTO user_facts (user_id, kind, text, message_sid, valid_until)
        SELECT user_id, 'other', told, 'SM1', until FROM users,
          (VALUES ('Has a dog', NULL), ('Was here', now() - interval '1 hour'))
            AS fact (told, until)
        """,
    )
    user_id = value(database, "SELECT user_id FROM users")
    known = People(database).know(user_id)
    assert (known.full_name, known.name_is_given) == ("Ana", False)
    told = sorted(fact.text for fact in known.facts)
    assert told == ["Has a dog", "Was here"], "what is over is kept still"
    change(database, "DELETE FROM users")
    assert People(database).know(user_id).facts == ()
