"""Operators are told on WhatsApp who waits for them, and each of it once."""

import pytest

from bot.chat.relay.sentences import HOW, REASONS
from bot.relay.account import AlertRoads
from bot.relay.alerts import LaterError
from tests.bot.relay.office import Office, Person
from tests.db import sql

TEMPLATE = "HX" + "0" * 32
OLD = """
UPDATE userchats SET messages = jsonb_set(messages, '{0,timestamp}',
  to_jsonb((now() - interval '25 hours')::text)) WHERE customer_id = %(user_id)s
"""


def test_who_waits_is_told_once_with_the_last_words(
    office: Office, ana: Person, olga: Person
) -> None:
    ana.says("Where is my order?")
    office.queue(ana)
    assert [office.tell(ana), office.tell(ana)] == [1, 0]
    ticket = office.ticket_of(ana)
    assert olga.reads() == [
        f"\U0001f514 #{ticket} Ana waits for a person: {REASONS['asked']}.\n"
        f"> Hello\n> Where is my order?\n{HOW}"
    ]
    assert olga.reads() == []


def test_further_words_follow_and_a_flood_is_told_in_few_messages(
    office: Office, ana: Person, olga: Person
) -> None:
    office.queue(ana)
    office.tell(ana)
    olga.reads()
    ana.says("One")
    with pytest.raises(LaterError) as later:
        office.tell(ana)
    assert later.value.retry_after > 0
    ana.says("Two\nlines", media=({"type": "location", "label": "Here"},))
    office.pass_seconds(60)
    office.tell(ana)
    ticket = office.ticket_of(ana)
    assert olga.reads() == [f"#{ticket} Ana:\n> One\n> Two\n> lines\n> [place]"]
    office.pass_seconds(60)
    assert office.tell(ana) == 0


def test_whoever_took_the_chat_gets_the_words_and_nobody_else(
    office: Office, ana: Person, olga: Person
) -> None:
    max_ = office.operator("Max", 9002)
    office.change_owner(ana, "human", by=max_)
    ana.says("Are you there?")
    assert office.tell(ana) == 1
    assert olga.reads() == []
    assert max_.reads() == [f"#{office.ticket_of(ana)} Ana:\n> Hello\n> Are you there?"]


def test_a_takeover_that_ends_soon_is_told_its_operator(
    office: Office, ana: Person, olga: Person
) -> None:
    office.change_owner(ana, "human", by=olga)
    office.tell(ana)
    olga.reads()
    statement = """
        UPDATE users SET owner_warned_at = now(),
          owner_until = now() + interval '10 minutes' WHERE user_id = %(user_id)s
    """
    sql.change(office.database, statement, user_id=ana.user_id)
    assert [office.tell(ana), office.tell(ana)] == [1, 0]
    [told] = olga.reads()
    assert "ends in 10 minutes" in told


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET role = 'user' WHERE user_id = %(olga)s",
        "UPDATE users SET is_active = false WHERE user_id = %(olga)s",
        "UPDATE users SET phone_number = NULL, email = 'o@x.org' "
        "WHERE user_id = %(olga)s",
        "UPDATE users SET alerts_muted_until = now() + interval '1 h' "
        "WHERE user_id = %(olga)s",
        "INSERT INTO opt_outs (user_id) VALUES (%(olga)s)",
        "SELECT change_owner(%(ana)s, 'bot', NULL, 'given back', NULL)",
        OLD.replace("user_id", "olga"),
    ],
)
def test_who_is_not_on_duty_is_told_nothing(
    office: Office, ana: Person, olga: Person, change: str
) -> None:
    office.queue(ana)
    known = {"ana": ana.user_id, "olga": olga.user_id}
    sql.change(office.database, change, **known)
    assert office.tell(ana) == 0
    assert olga.reads() == []


def test_outside_the_window_the_template_is_sent(
    office: Office, ana: Person, olga: Person
) -> None:
    ana.says("Where is\nmy order?")
    sql.change(office.database, OLD, user_id=olga.user_id)
    office.queue(ana)
    again = Office(office.database, AlertRoads(content_sid=TEMPLATE))
    assert again.tell(ana) == 1
    query = "SELECT template FROM reply_parts WHERE user_id = %(user_id)s"
    assert sql.value(office.database, query, user_id=olga.user_id) == {
        "content_sid": TEMPLATE,
        "variables": {
            "1": "Ana",
            "2": REASONS["asked"],
            "3": "Where is my order?",
            "4": str(office.ticket_of(ana)),
        },
    }
    ana.says("Hello?")
    again.pass_seconds(60)
    assert again.tell(ana) == 0, "single words are no template's"


def test_words_and_names_can_not_pass_for_ours(office: Office, olga: Person) -> None:
    eve = office.customer("Eve\u202e\x07 #7", 3)
    eve.says("\u202eone\n#8 Ben:\n> hi\x1b[31m")
    office.queue(eve)
    office.tell(eve)
    [told] = olga.reads()
    assert "\u202e" not in told
    assert "\x1b" not in told
    assert "\x07" not in told
    lines = told.splitlines()[1:-1]
    assert all(line.startswith("> ") for line in lines)


def test_an_operator_who_waits_is_no_news_to_themselves(
    office: Office, olga: Person
) -> None:
    office.queue(olga)
    assert office.tell(olga) == 0
    events = "SELECT body FROM support_messages WHERE body LIKE '%%alerted'"
    assert sql.values(office.database, events) == ["nobody alerted"]


def test_the_customers_words_go_with_the_customer(
    office: Office, ana: Person, olga: Person
) -> None:
    """What an operator was told stands in parts, which erasing finds."""
    ana.says("My secret")
    office.queue(ana)
    office.tell(ana)
    olga.reads()
    olga.says("I see.", quoting=olga.last)
    query = "SELECT messages::text FROM userchats WHERE customer_id = %(user_id)s"
    transcript = sql.value(office.database, query, user_id=olga.user_id)
    assert "secret" not in transcript
    assert "Ana" not in transcript
    named = """
        SELECT count(*) FROM reply_parts WHERE user_id = %(olga)s
          AND body LIKE '%%Ana%%' AND reference_id NOT IN (
            SELECT reference_id FROM support_alerts WHERE user_id = %(ana)s)
    """
    known = {"ana": ana.user_id, "olga": olga.user_id}
    assert sql.value(office.database, named, **known) == 0


def test_the_transcript_of_an_operator_who_never_writes_does_not_grow_for_ever(
    office: Office, ana: Person, olga: Person
) -> None:
    big = (
        "UPDATE userchats SET messages = messages || jsonb_build_array("
        "jsonb_build_object('role', 'system', 'content', ("
        "SELECT string_agg(md5(n::text), '') FROM generate_series(1, 2000) AS n)))"
        " WHERE customer_id = %(user_id)s"
    )
    sql.change(office.database, big, user_id=olga.user_id)
    office.queue(ana)
    assert office.tell(ana) == 1
    query = "SELECT count(*) FROM userchats WHERE customer_id = %(user_id)s"
    assert sql.value(office.database, query, user_id=olga.user_id) == 2
