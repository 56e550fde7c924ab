"""Replies: stored once, refused in words, and never lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from bot.console.chat.drafts import LONGEST_REPLY
from bot.console.operators import Operator
from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from tests.bot.console.chat.conftest import TEMPLATE, Desk, Seat, long_ago
from tests.bot.whatsapp.waiting import HOLDING
from tests.db.sql import change, rows, take_in, value, values
from tests.records import BEN, said

PARTS = "SELECT body FROM reply_parts ORDER BY sequence"
AUDIT = "SELECT action FROM audit_log WHERE action <> 'read chat' ORDER BY id"
REFUSED = """
UPDATE reply_parts SET status = 'failed', error_code = 63041 WHERE status = 'sending'
"""
OWNER = "SELECT owner, owner_id FROM users WHERE role = 'user'"


def close_window(database: Database, pg: PostgresChatStore) -> None:
    change(database, "UPDATE userchats SET messages = '[]'")
    take_in(pg, long_ago(said("Long ago")))


def test_a_reply_is_sent_as_typed_and_takes_the_chat_over(
    database: Database, desk: Desk
) -> None:
    answer = desk.reply("We open at *nine*: **really**. <b>\r\nBye")
    assert answer.status_code == 303
    assert answer.location.endswith(desk.path)
    assert values(database, PARTS) == ["We open at *nine*: **really**. <b>\nBye"]
    assert rows(database, OWNER) == [("human", desk.operator.user_id)]
    assert values(database, AUDIT) == ["replied"]
    page = desk.page()
    assert "Olga" in page
    assert "You have this chat" in page
    assert "**really**. &lt;b&gt;" in page


def test_a_repeated_post_is_answered_as_the_first(
    database: Database, desk: Desk
) -> None:
    form = {"reference_id": uuid4(), "version": desk.version()}
    first = desk.reply("We open at nine.", **form)
    second = desk.reply("We open at nine.", **form)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert values(database, PARTS) == ["We open at nine."]
    assert values(database, AUDIT) == ["replied"]


def test_another_text_in_a_form_that_was_sent_is_kept_not_swallowed(
    database: Database, desk: Desk
) -> None:
    form = {"reference_id": uuid4(), "version": desk.version()}
    desk.reply("We open at nine.", **form)
    answer = desk.reply("At ten on Sundays.", **form)
    assert answer.status_code == 409
    assert "At ten on Sundays.</textarea>" in answer.text
    assert str(form["reference_id"]) not in answer.text
    assert values(database, PARTS) == ["We open at nine."]


def test_what_the_second_operator_typed_is_refused_in_words_and_kept(
    database: Database, desk: Desk, seat: Seat, pete: Operator
) -> None:
    other = seat(pete)
    seen = other.version()
    desk.reply("We open at nine.")
    refused = other.reply("At ten & <later>.", version=seen)
    assert refused.status_code == 409
    assert "Another operator has this chat" in refused.text
    assert "At ten &amp; &lt;later&gt;.</textarea>" in refused.text
    assert "Take it over and send" in refused.text
    assert values(database, PARTS) == ["We open at nine."]
    again = refused.text.split('name="reference_id" value="')[1].split('"')[0]
    taken = other.reply("At ten & <later>.", reference_id=again, takes="yes")
    assert taken.status_code == 303
    assert rows(database, OWNER) == [("human", pete.user_id)]
    assert values(database, PARTS) == ["We open at nine.", "At ten & <later>."]
    assert values(database, AUDIT) == ["replied", "took", "replied"]


def test_a_reply_to_a_chat_that_changed_hands_is_kept(
    database: Database, desk: Desk
) -> None:
    seen = desk.version()
    change(database, "SELECT change_owner(user_id, 'queue', NULL, 'asked', NULL)"
                     " FROM users WHERE role = 'user'")  # fmt: skip
    refused = desk.reply("We open at nine.", version=seen)
    assert refused.status_code == 409
    assert "changed hands" in refused.text
    assert "We open at nine.</textarea>" in refused.text
    assert desk.reply("We open at nine.").status_code == 303


def test_nothing_and_too_much_are_refused(database: Database, desk: Desk) -> None:
    for text, words in (
        (" \n ", "nothing to send"),
        ("x" * (LONGEST_REPLY + 1), "shorten it"),
    ):
        refused = desk.reply(text)
        assert refused.status_code == 409
        assert words in refused.text
        assert text.strip() in refused.text
    assert values(database, PARTS) == []


def test_a_long_reply_goes_in_parts_that_whatsapp_takes(
    database: Database, desk: Desk
) -> None:
    desk.reply("A sentence of a long story. " * 100)
    bodies = values(database, PARTS)
    assert len(bodies) == 2
    assert max(map(len, bodies)) <= 1600


def test_after_stop_nothing_is_sent_and_the_text_is_kept(
    database: Database, desk: Desk
) -> None:
    change(database, "INSERT INTO opt_outs (user_id) SELECT user_id FROM users"
                     " WHERE role = 'user'")  # fmt: skip
    refused = desk.reply("We open at nine.")
    assert refused.status_code == 409
    assert "They wrote STOP" in refused.text
    assert "We open at nine.</textarea>" in refused.text


def test_after_24_hours_a_reply_is_kept_and_a_template_goes(
    database: Database, pg: PostgresChatStore, desk: Desk
) -> None:
    close_window(database, pg)
    refused = desk.reply("We open at nine.")
    assert refused.status_code == 409
    assert "a template only" in refused.text
    assert "We open at nine.</textarea>" in refused.text
    sent = desk.post(
        "template", reference_id=uuid4(), content_sid=TEMPLATE.content_sid,
        value_1="{{2}}", value_2=" order ",
    )  # fmt: skip
    assert sent.status_code == 303
    ((body, template),) = rows(database, "SELECT body, template FROM reply_parts")
    assert body == "Hello {{2}}, your order is here."
    assert template == {
        "content_sid": TEMPLATE.content_sid, "variables": {"1": "{{2}}", "2": "order"},
    }  # fmt: skip


def test_a_template_without_its_words_or_of_another_name_is_not_sent(
    database: Database, desk: Desk
) -> None:
    form = {"reference_id": uuid4(), "content_sid": TEMPLATE.content_sid}
    refused = desk.post("template", **form, value_1="Ana", value_2=" ")
    assert refused.status_code == 409
    assert "Fill in {{2}}" in refused.text
    form["content_sid"] = "HX" + "1" * 32
    assert desk.post("template", **form).status_code == 400
    assert values(database, PARTS) == []


def test_a_form_that_is_not_ours_is_refused(database: Database, desk: Desk) -> None:
    for form in ({"reference_id": "x"}, {"version": "-1"}, {"version": "\u0663"}):
        assert desk.reply("We open at nine.", **form).status_code == 400
    assert values(database, PARTS) == []


def test_a_canned_reply_is_filled_in(database: Database, desk: Desk) -> None:
    canned = value(
        database,
        "INSERT INTO canned_replies (title, body)"
        " VALUES ('Hello', 'Hello {name}, I am {operator}: {ticket}') RETURNING id",
    )
    assert "Hello Ana, I am Olga: </textarea>" in desk.page(f"?canned={canned}")
    desk.reply("Hello")
    answer = desk.client.get(f"{desk.path}/canned/{canned}")
    ticket = value(database, "SELECT id FROM support_tickets")
    assert answer.text == f"Hello Ana, I am Olga: {ticket}"
    assert answer.mimetype == "text/plain"


def test_a_form_of_another_chat_sends_nothing_here(
    database: Database, pg: PostgresChatStore, desk: Desk
) -> None:
    reference_id = uuid4()
    desk.reply("We open at nine.", reference_id=reference_id)
    take_in(pg, said("Hello", BEN))
    query = "SELECT user_id FROM users WHERE phone_number = %(ben)s"
    other = replace(desk, user_id=value(database, query, ben=BEN))
    assert other.reply("For Ben", reference_id=reference_id).status_code == 400
    assert values(database, PARTS) == ["We open at nine."]


def test_where_replies_wait_they_are_taken_after_the_window_too(
    database: Database, pg: PostgresChatStore, desk: Desk
) -> None:
    shown = desk.client.application.extensions
    shown["console"] = replace(shown["console"], holds=True)
    close_window(database, pg)
    page = desk.page()
    assert "your reply waits until they write" in page
    assert "data-holds" in page
    assert f'action="{desk.path}/reply" hidden' not in page
    assert "Wake up" in page
    assert desk.reply("It is ready.").status_code == 303
    outbox = PostgresOutbox(database, HOLDING)
    while outbox.claim_next(desk.user_id, timedelta(), timedelta(days=1)):
        change(database, REFUSED)
    page = desk.page()
    assert "waits until they write" in page
    assert "They were not told by the template: WhatsApp paused the template." in page
