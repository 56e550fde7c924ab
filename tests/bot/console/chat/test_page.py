"""What the page shows: everything that was said, and nothing that breaks out of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.console.operators import Operator
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap, InboundMessage, Making, PartContent, Passage
from tests.bot.console.chat.conftest import Desk, Seat, long_ago
from tests.db.sql import change, take_in, value, values
from tests.records import answer_to, said, stood_on

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
CALLED = """
INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
                        arguments, state, result, reference_id)
SELECT gen_random_uuid(), user_id, chat_id, 'SM1', 0, %(tool)s,
       jsonb_build_object('people', %(people)s::text), %(state)s, %(result)s,
       reference_id
FROM reply_parts LIMIT 1
"""
PLANT = (
    "UPDATE users SET full_name = %(evil)s WHERE role = 'user'",
    "SELECT change_owner(user_id, 'queue', NULL, %(evil)s, NULL, %(evil)s)"
    " FROM users WHERE role = 'user'",
    "UPDATE support_tickets SET labels = ARRAY[%(evil)s]",
    "SELECT note_event(id, NULL, %(evil)s) FROM support_tickets",
    "INSERT INTO canned_replies (title, body) VALUES (%(evil)s, '{name}')",
)
TRICK = "abc\u202egnp.exe\x07"


def answered(pg: PostgresChatStore, message: InboundMessage, **known: Any) -> str:
    """Have the bot answer; return the reply's id."""
    reply = answer_to(message, text="We open at *nine*.", **known)
    turn = replace(reply.turn, model="a-model", tokens_used=1234, response_time=2.5)
    chat_id = pg.record_inbound(said("Hello?")).chat_id
    assert chat_id
    assert pg.record_reply(chat_id, replace(reply, turn=turn))
    return str(turn.reference_id)


def test_it_shows_what_was_said_how_far_it_got_and_why(
    database: Database, pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    passages = (
        stood_on("Opening hours", page=7),
        stood_on("Other", is_cited=False, chunk_id=2),
    )
    answered(pg, first, stood_on=passages, gap=Gap("Open on Sunday?", ("sunday",)))
    page = desk.page()
    for words in (
        "When do you open?", "We open at *nine*.", "waits to be sent", "a-model",
        "1,234", "2.5", "Opening hours", "cited, page 7", "given, not cited",
        "Open on Sunday?", "The bot answers.", "You can reply for 23 h 59 min",
    ):  # fmt: skip
        assert words in page
    change(database, "UPDATE reply_parts SET status = 'failed', error_code = 63016")
    assert "not delivered: outside the service window of 24 hours" in desk.page()
    change(database, "UPDATE reply_parts SET status = 'undelivered', error_code = 9")
    assert "not delivered: Twilio&#39;s error 9" in desk.page()


def test_what_tools_did_stands_with_the_answer(
    database: Database, pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    answered(pg, first)
    told = {"tool": "book_table", "people": "4", "result": "Booked."}
    change(database, CALLED, **told, state="done")
    page = desk.page()
    for shown in "What tools did", "book_table", "done: {&#34;people", "Booked.":
        assert shown in page
    change(database, "UPDATE tool_calls SET state = 'unknown'")
    assert "nobody knows whether it took effect: {" in desk.page()


def test_how_it_was_made_and_what_it_did_not_see_stands_with_it(
    database: Database, pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    unseen = Passage(chunk_id=3, document_id=1, title="<b>Cakes", text="x", page=9)
    making = Making(
        prompt="You help.", model="a-model", parameters={"temperature": 0.3},
        finish_reason="length", raw="Its own.", turns=3, beyond_budget=2,
        beyond_turns=4, fact_ids=(1,), left_out=(unseen,), is_missing=True,
    )  # fmt: skip
    answered(pg, first, making=making)
    page, prompt = desk.page(), value(database, "SELECT prompt_hash FROM prompts")
    for words in (
        "temperature 0.3", "length", f"{prompt}, used since", "Its own.",
        "What it did not see", "&lt;b&gt;Cakes",
        "page 9, the prompt&#39;s budget ended",
        "2, as the prompt&#39;s budget ended", "4, as there are more than is set",
        "1 of the facts that it was told", "they do not tell the answer",
    ):  # fmt: skip
        assert words in page


def test_ticks_tell_how_far_a_message_got(
    database: Database, pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    answered(pg, first)
    for status, words in (
        ("pending", "</span> waits to be sent"),
        ("sent", "</span> sent<"),
        ("delivered", "</span> delivered<"),
        ("read", "</span> read<"),
        ("canceled", "</span> not sent: a person took over, or they wrote STOP"),
    ):
        change(database, "UPDATE reply_parts SET status = %(status)s", status=status)
        assert words in desk.page()


def test_nothing_that_a_customer_controls_breaks_out(
    database: Database, pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    beside = {"ButtonText": EVIL, "OriginalRepliedMessageSid": first.message_sid}
    media = (
        {"type": EVIL, "url": "https://api.twilio.com/2010/Media/ME1"},
        {"type": "location", "label": EVIL, "address": TRICK},
    )
    message = said(f"{EVIL} {TRICK}", profile_name=EVIL)
    turn = replace(message.turn, media=media, beside=beside)
    take_in(pg, replace(message, turn=turn))
    evil = said("javascript:alert(1) https://x.example/\"onclick='y")
    take_in(pg, evil)
    answered(pg, first, stood_on=(stood_on(EVIL),), gap=Gap(EVIL, ("x",)))
    for statement in PLANT:
        change(database, statement, evil=EVIL)
    change(database, CALLED, tool=EVIL, people=EVIL, state="done", result=EVIL)
    canned = values(database, "SELECT id FROM canned_replies")[0]
    page = desk.page(f"?canned={canned}")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x07" not in page
    assert "api.twilio.com" not in page
    assert 'href="javascript' not in page
    assert ('<a href="https://x.example/" rel="noopener noreferrer nofollow"') in page
    assert "&lt;script&gt;" in page


def test_a_quote_is_shown_with_whose_it_is(
    pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    message = said("This one")
    beside = {"OriginalRepliedMessageSid": first.message_sid}
    take_in(pg, replace(message, turn=replace(message.turn, beside=beside)))
    assert "<b>Ana:</b> When do you open?" in desk.page()


def test_pictures_are_named_and_never_loaded_from_elsewhere(
    pg: PostgresChatStore, desk: Desk, first: InboundMessage
) -> None:
    picture = PartContent("A cake", media=("https://shop.example/cake.png",))
    answered(pg, first, parts=("We open at *nine*.", picture))
    page = desk.page()
    assert ">a picture<" in page
    assert "shop.example" not in page


def test_a_long_chat_comes_in_pieces(database: Database, desk: Desk, ana: UUID) -> None:
    change(
        database,
        "UPDATE userchats SET messages = (SELECT jsonb_agg(jsonb_build_object("
        "'role', 'user', 'content', 'word ' || n)) FROM generate_series(0, 149) AS n)",
    )
    page = desk.page()
    assert "word 50<" in page
    assert "word 49<" not in page
    (chat,) = values(database, "SELECT chat_id FROM userchats")
    query = f"?chat={chat}&amp;before=50"
    assert query in page
    earlier = desk.page(query.replace("&amp;", "&"))
    assert "word 49<" in earlier
    assert "word 0<" in earlier
    assert "word 50<" not in earlier
    assert "before=" not in earlier
    assert "reply-text" not in earlier


def test_past_chats_are_for_those_who_may_see_them(
    database: Database, pg: PostgresChatStore, desk: Desk, seat: Seat, pete: Operator
) -> None:
    past = values(database, "SELECT chat_id FROM userchats")[0]
    take_in(pg, said("A new matter", opens_chat=True))
    supporter, admin = desk.page(), seat(pete).page()
    assert "A new matter" in supporter
    assert "When do you open?" not in supporter + admin
    assert f"?chat={past}" not in supporter
    assert f"?chat={past}" in admin
    assert "When do you open?" in seat(pete).page(f"?chat={past}")
    assert desk.client.get(f"{desk.path}?chat={past}").status_code == 403
    change(database, "UPDATE userchats SET is_active = false")
    assert "Nothing was said in an active chat." in desk.page()
    assert "A new matter" in seat(pete).page()


def test_of_nobody_there_is_no_page(desk: Desk) -> None:
    nobody = desk.path.replace(str(desk.user_id), str(desk.operator.user_id)[::-1])
    assert desk.client.get(nobody).status_code == 404
    other = "/chats/00000000-0000-4000-8000-000000000000"
    assert desk.client.get(other).status_code == 404
    assert desk.client.get("/chats/1%20OR%201").status_code == 404


def test_each_visit_is_audited_once_and_each_look_at_a_past_chat(
    database: Database, pg: PostgresChatStore, desk: Desk, seat: Seat, pete: Operator
) -> None:
    read = "SELECT count(*) FROM audit_log WHERE action = 'read chat'"
    desk.page()
    desk.page()
    assert values(database, read) == [1]
    change(database, "UPDATE support_sessions SET seen_at = now() - interval '2 min'")
    desk.page()
    assert values(database, read) == [2]
    past = values(database, "SELECT chat_id FROM userchats")[0]
    take_in(pg, said("A new matter", opens_chat=True))
    admin = seat(pete)
    admin.page(f"?chat={past}")
    admin.page(f"?chat={past}")
    assert values(database, read) == [4]


def test_it_tells_who_else_looks_and_what_is_new(
    pg: PostgresChatStore, desk: Desk, seat: Seat, pete: Operator
) -> None:
    other = seat(pete)
    other.page()
    page = desk.page()
    assert "Also looking:" in page
    assert "Pete" in page
    state = page.split('data-state="')[1].split('"')[0]
    news = f"{desk.path}/news?state="
    assert desk.client.get(news + state).status_code == 204
    take_in(pg, said("Are you there?"))
    answer = desk.client.get(news + state)
    assert "Are you there?" in answer.text
    assert "<textarea" not in answer.text
    assert desk.client.get(news).status_code == 200


def test_the_window_is_locked_after_a_day(
    database: Database, pg: PostgresChatStore, desk: Desk
) -> None:
    change(database, "UPDATE userchats SET messages = '[]'")
    take_in(pg, long_ago(said("Long ago")))
    page = desk.page()
    assert "They wrote nothing for 24 hours" in page
    assert "Wake up" in page
    assert 'action="' + desk.path + '/reply" hidden' in page
