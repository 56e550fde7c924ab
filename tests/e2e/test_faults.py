"""What a user notices when something breaks: as little as possible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Reply, Turn
from tests.db import sql
from tests.house import House, NewHouse, eventually
from tests.records import as_parts
from tests.scripted_llm import Script


@pytest.fixture(scope="module")
def hasty_house(new_house: NewHouse) -> Iterator[House]:
    """A bot that says early that an answer is late, and gives up after a minute."""
    with new_house(
        ANSWER_NOTICE_SECONDS="1",
        ANSWER_MAX_AGE_MINUTES="1",
        HANDOFF_AFTER_ERRORS="off",
    ) as house:
        yield house


@pytest.fixture(scope="module")
def shared_house(new_house: NewHouse) -> Iterator[House]:
    with new_house() as house:
        yield house


@pytest.fixture
def own_house(shared_house: House) -> House:
    """A bot whose processes a test may kill, and starts again."""
    shared_house.llm.reset()
    return shared_house


def rows(house: House, query: str, **values: object) -> list[tuple[object, ...]]:
    with sql.opened(house.database_url or "") as database:
        return sql.rows(database, query, **values)


def test_a_worker_killed_in_the_middle_of_an_answer_loses_nothing(
    own_house: House,
) -> None:
    own_house.llm.next(Script(text="never heard", delay=20))
    ana = own_house.phone()
    ana.says("Hello?")
    eventually(lambda: own_house.llm.prompts)
    own_house.kill("worker")
    own_house.start_worker()
    assert ana.hears() == ["You said: Hello?"]
    assert ana.hears_nothing_more()


def test_a_reply_that_was_stored_and_not_sent_is_sent_by_the_next_worker(
    own_house: House,
) -> None:
    assert own_house.stop("worker") == 0
    ana = own_house.phone()
    sid = str(ana.says("Hello?")["message_sid"])
    # The last that a worker did before it died.
    database = Database(own_house.database_url or "")
    store = PostgresChatStore(database, timedelta(days=1))
    ((chat_id,),) = rows(
        own_house,
        "SELECT chat_id FROM chat_overview WHERE phone_number = %(ana)s",
        ana=ana.address,
    )
    assert store.record_reply(str(chat_id), answer(sid, "We open", "at nine."))
    database.close()
    own_house.start_worker()
    assert ana.hears(parts=2) == ["We open", "at nine."]
    assert ana.hears_nothing_more()
    assert own_house.llm.prompts == []


def answer(sid: str, *parts: str) -> Reply:
    turn = Turn(
        role="assistant",
        content="\n\n".join(parts),
        timestamp=datetime.now(UTC),
        reference_id=str(uuid4()),
        in_reply_to=(sid,),
    )
    return Reply(turn=turn, parts=as_parts(*parts))


def test_messages_are_taken_in_while_the_worker_is_away(own_house: House) -> None:
    assert own_house.stop("worker") == 0
    ana, ben = own_house.phone(), own_house.phone()
    ana.says("First")
    ben.says("Second")
    ana.says("Third")
    own_house.start_worker()
    assert ana.hears() == ["You said: First\n\nThird"]
    assert ben.hears() == ["You said: Second"]


def test_a_worker_told_to_stop_finishes_what_is_in_hand(own_house: House) -> None:
    own_house.llm.next(Script(text="Done.", delay=1.5))
    ana = own_house.phone()
    ana.says("Quickly!")
    eventually(lambda: own_house.llm.prompts)
    assert own_house.stop("worker") == 0
    own_house.start_worker()
    assert ana.hears() == ["Done."]
    assert len(own_house.llm.prompts) == 1


def test_a_message_whose_webhook_never_came_is_asked_for(own_house: House) -> None:
    ana = own_house.phone()
    own_house.stop("web")
    assert ana.says("Is anybody there?")["webhook_status"] is None
    own_house.start_web()
    assert "Taken in: 1" in own_house.bot("reconcile", "--hours", "1").stdout
    assert ana.hears() == ["You said: Is anybody there?"]
    assert "Taken in: 0" in own_house.bot("reconcile", "--hours", "1").stdout
    assert ana.hears_nothing_more()


def test_a_killed_web_process_comes_back_without_doubling(own_house: House) -> None:
    ana = own_house.phone()
    sent = ana.says("Hi")
    own_house.kill("web")
    assert ana.says("Anybody?")["webhook_status"] is None
    own_house.start_web()
    ana.says("Hi", message_sid=sent["message_sid"])
    assert ana.hears() == ["You said: Hi"]
    assert ana.hears_nothing_more()


def test_an_llm_that_fails_is_asked_again(database_house: House) -> None:
    database_house.llm.reset()
    database_house.llm.next(Script(status=500), Script(status=429), Script(close=True))
    ana = database_house.phone()
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    assert ana.hears_nothing_more()


def test_a_late_answer_is_announced_once_and_comes_once(hasty_house: House) -> None:
    hasty_house.llm.always(Script(status=503))
    ana = hasty_house.phone()
    ana.says("Are you open today?")
    assert "takes longer" in ana.hears()[0]
    hasty_house.llm.reset()
    assert ana.hears() == ["You said: Are you open today?"]
    assert ana.hears_nothing_more()


def test_what_cannot_be_answered_in_time_is_given_up_once(hasty_house: House) -> None:
    hasty_house.llm.always(Script(status=503))
    ana = hasty_house.phone()
    sid = ana.says("Are you open today?")["message_sid"]
    assert "takes longer" in ana.hears()[0]
    with sql.opened(hasty_house.database_url or "") as database:
        assert sql.grow_old(database)
    assert "could not answer" in ana.hears()[0]
    hasty_house.llm.reset()
    ana.says("And now?")
    assert "And now?" in ana.hears()[0]
    (error,) = rows(
        hasty_house,
        "SELECT turn ->> 'error' FROM userchats, jsonb_array_elements(messages) turn "
        "WHERE turn ->> 'message_sid' = %(sid)s",
        sid=sid,
    )
    assert error[0]


def test_a_send_that_twilio_took_and_then_failed_is_not_repeated(
    database_house: House,
) -> None:
    failing = {"on": "create", "kind": "500", "after_accepting": True, "count": 1}
    database_house.faults(failing)
    ana = database_house.phone()
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    eventually(lambda: parts_of(database_house, ana.address) == [("delivered", 1)])
    assert ana.hears_nothing_more(0.1)


def test_a_send_that_twilio_surely_refused_is_repeated(database_house: House) -> None:
    database_house.faults({"on": "create", "kind": "429", "count": 2})
    ana = database_house.phone()
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    eventually(lambda: parts_of(database_house, ana.address) == [("delivered", 3)])


def test_a_send_that_can_never_work_is_recorded_and_not_repeated(
    database_house: House,
) -> None:
    database_house.faults({"on": "create", "kind": "reject", "code": 21211, "count": 1})
    ana = database_house.phone()
    ana.says("Hello")
    eventually(lambda: parts_of(database_house, ana.address) == [("failed", 1)])
    ana.says("Hello again")
    assert ana.hears() == ["You said: Hello again"]


def test_a_dropped_connection_after_accepting_is_not_repeated(
    database_house: House,
) -> None:
    dropped = {"on": "create", "kind": "drop", "after_accepting": True, "count": 1}
    callbacks_lost = {"on": "callbacks", "kind": "drop", "count": 10}
    database_house.faults(dropped, callbacks_lost)
    ana = database_house.phone()
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    eventually(
        lambda: all(p[0] != "uncertain" for p in parts_of(database_house, ana.address))
    )
    assert ana.hears_nothing_more()
    database_house.faults()


def parts_of(house: House, address: str) -> list[tuple[object, ...]]:
    return rows(
        house,
        "SELECT status, attempts FROM reply_parts WHERE address = %(address)s "
        "ORDER BY sequence",
        address=address,
    )
