"""Taking, giving back, and working on the case: each audited, refused when too late."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.console.operators import Operator
from db.database import Database
from tests.bot.console.chat.conftest import Desk, Seat
from tests.db.sql import rows, value, values

AUDIT = """
SELECT action, details FROM audit_log WHERE action <> 'read chat' ORDER BY id
"""
OWNER = "SELECT owner, owner_id FROM users WHERE role = 'user'"


def ticket_of(database: Database) -> int:
    found: int = value(database, "SELECT id FROM support_tickets")
    return found


def test_a_chat_is_taken_and_given_back(database: Database, desk: Desk) -> None:
    assert desk.post("take").status_code == 303
    assert rows(database, OWNER) == [("human", desk.operator.user_id)]
    page = desk.page()
    assert "The chat is yours: the bot is silent." in page
    assert "Put into the queue" in page
    desk.post("give", to="queue")
    assert values(database, "SELECT owner FROM users WHERE role = 'user'") == ["queue"]
    desk.post("give", to="bot")
    assert values(database, "SELECT owner FROM users WHERE role = 'user'") == ["bot"]
    assert desk.post("give", to="me").status_code == 400
    audited = [
        ("took", None),
        ("gave back", {"to": "queue"}),
        ("gave back", {"to": "bot"}),
    ]
    assert rows(database, AUDIT) == audited


def test_what_is_pressed_on_an_older_page_does_nothing(
    database: Database, desk: Desk, seat: Seat, pete: Operator
) -> None:
    seen = desk.version()
    seat(pete).post("take")
    for what in ("take", "give", "resolve"):
        desk.post(what, version=seen, to="bot", ticket=ticket_of(database))
        assert rows(database, OWNER) == [("human", pete.user_id)]
        assert "The chat changed hands while you looked" in desk.page()
    assert rows(database, AUDIT) == [("took", None)]


def test_another_operator_takes_it_from_the_first(
    database: Database, desk: Desk, seat: Seat, pete: Operator
) -> None:
    desk.post("take")
    other = seat(pete)
    page = other.page()
    assert "Olga has this chat" in page
    assert "Take over from them" in page
    other.post("take")
    assert rows(database, OWNER) == [("human", pete.user_id)]
    assert "Pete has this chat" in desk.page()


def test_the_case_is_worked_on(database: Database, desk: Desk, pete: Operator) -> None:
    desk.post("take")
    ticket = ticket_of(database)
    desk.post(
        "note", ticket=ticket, text="Call <b>back</b>\r\nhttps://x.example/a?b=1&c"
    )
    desk.post("assign", ticket=ticket, operator=pete.user_id)
    desk.post("priority", ticket=ticket, priority="urgent")
    desk.post("labels", ticket=ticket, labels="refund, <i>, refund")
    desk.post("subject", ticket=ticket, subject="A <cake>")
    desk.post("snooze", ticket=ticket, until=_soon())
    page = desk.page()
    for words in (
        "Call &lt;b&gt;back&lt;/b&gt;", 'href="https://x.example/a?b=1&amp;c"', "Pete",
        ">urgent<", ">refund<", "&lt;i&gt;", "A &lt;cake&gt;", ">snoozed<",
    ):  # fmt: skip
        assert words in page
    changed = [details["what"] for action, details in rows(database, AUDIT)
               if action == "ticket changed"]  # fmt: skip
    assert changed == ["assigned", "priority", "labels", "subject", "snoozed"]
    desk.post("resolve", ticket=ticket)
    assert values(database, "SELECT status FROM support_tickets") == ["resolved"]
    assert values(database, "SELECT owner FROM users WHERE role = 'user'") == ["bot"]


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def test_what_makes_no_sense_is_refused_in_words(
    database: Database, desk: Desk
) -> None:
    desk.post("take")
    for what, form, words in (
        ("note", {"text": "x", "ticket": 0}, "That case was resolved meanwhile"),
        ("note", {"text": " "}, "The note is empty"),
        ("snooze", {"until": "tomorrow"}, "Say until when"),
        ("snooze", {"until": "2020-01-01T09:00"}, "within 90 days"),
        ("priority", {"priority": "x"}, "A priority is one of"),
    ):
        desk.post(what, **{"ticket": ticket_of(database), **form})
        assert words in desk.page()
    assert rows(database, AUDIT) == [("took", None)]


def test_nobody_works_on_a_case_through_another_persons_page(
    database: Database, desk: Desk, olga: Operator
) -> None:
    desk.post("take")
    ticket = ticket_of(database)
    foreign = Desk(desk.client, olga, UUID(str(olga.user_id)))
    foreign.post("note", ticket=ticket, text="smuggled")
    query = "SELECT body FROM support_messages WHERE kind = 'note'"
    assert values(database, query) == []


def test_reading_is_refused_to_who_may_not_and_nothing_is_done(
    database: Database, desk: Desk
) -> None:
    nobody = desk.client.application.test_client()
    for what in ("reply", "take", "give", "resolve", "note", "snooze", "assign"):
        answer = nobody.post(f"{desk.path}/{what}", data={"version": "0"})
        assert answer.status_code == 302
        assert "/login" in answer.location
    assert nobody.get(desk.path).status_code == 302
    assert values(database, "SELECT count(*) FROM audit_log") == [0]
