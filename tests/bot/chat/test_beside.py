"""What came beside a text reaches the LLM: quotes, adverts, places, choices."""

import pytest

from bot.chat import sentences
from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from tests.bot.chat.conversation import Conversation
from tests.db.sql import change, value
from tests.records import BEN, new_sid, said

QUOTED = "OriginalRepliedMessageSid"
OWN = '[The user replies to this earlier message of their own: "{}"]'


def sent_sid(pg: PostgresChatStore, database: Database) -> str:
    """Give the bot's last part to Twilio; return the SID that it got."""
    part_id = value(
        database, "SELECT part_id FROM reply_parts ORDER BY sequence DESC LIMIT 1"
    )
    sid = new_sid()
    PostgresOutbox(database).record_accepted(part_id, sid, "sent")
    return sid


def test_a_quoted_message_of_ours_is_told(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("We have roses and\ntulips.", "They are red.", store=pg)
    ana.says("What do you have?")
    ana.hears()
    sid = sent_sid(pg, database)
    ana.says("/new")
    ana.hears()
    ana.says("Which colour?", 0, **{QUOTED: sid})
    assert ana.hears() == ["They are red."]
    quote = '[The user replies to this message of yours: "We have roses and tulips."]'
    assert ana.llm_saw() == [f"{quote}\nWhich colour?"]


def test_a_quoted_message_of_their_own_is_told(pg: PostgresChatStore) -> None:
    ana = Conversation(store=pg)
    ana.says("I ordered roses.")
    ana.hears()
    ana.says("I meant this", 0, **{QUOTED: ana.sids[0]})
    ana.hears()
    quote = OWN.format("I ordered roses.")
    assert ana.llm_saw()[-1] == f"{quote}\nI meant this"
    ana.says("/new")
    ana.hears()
    ana.says("And this", 0, **{QUOTED: ana.sids[0]})
    ana.hears()
    assert ana.llm_saw() == [f"{quote}\nAnd this"]


def test_in_memory_a_quote_of_the_same_chat_is_told() -> None:
    ana = Conversation()
    ana.says("I ordered roses.")
    ana.hears()
    ana.says("x" * 600)
    ana.says("This", 0, **{QUOTED: ana.sids[0]})
    ana.says("And this", 0, **{QUOTED: ana.sids[1]})
    ana.hears()
    assert OWN.format("I ordered roses.") in ana.llm_saw()[-1]
    assert OWN.format("x" * 500 + " \u2026") in ana.llm_saw()[-1]


def test_nobody_reads_what_another_user_was_told_by_quoting_it(
    database: Database, pg: PostgresChatStore
) -> None:
    bens = said("My PIN is 1234", BEN)
    assert pg.record_inbound(bens).is_new
    ana = Conversation("We have roses.", store=pg)
    ana.says("Hi")
    ana.hears()
    sid = sent_sid(pg, database)
    moved = """
        UPDATE reply_parts SET user_id = users.user_id FROM users
        WHERE phone_number = %(ben)s
    """
    change(database, moved, ben=BEN)
    for quoted in (bens.message_sid, sid, new_sid(), "nonsense"):
        ana.says("What was that?", 0, **{QUOTED: quoted})
        ana.hears()
        assert ana.llm_saw()[-1] == f"{sentences.QUOTES_UNSEEN}\nWhat was that?"


def test_an_advert_is_told() -> None:
    ana = Conversation("Hello!")
    ana.says(
        "I want this",
        ReferralHeadline="Roses {0}",
        ReferralBody="Half price",
        ReferralSourceUrl="https://fb.example/1",
        ReferralSourceType="ad",
    )
    ana.hears()
    advert = "Roses {0} \u2013 Half price \u2013 https://fb.example/1"
    assert ana.llm_saw() == [f"I want this\n{sentences.ADVERT.format(advert)}"]
    assert ana.chat.turns[0].beside["ReferralSourceType"] == "ad"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        (
            {"Latitude": "-12.04", "Longitude": "-77.03", "Address": "Jir\u00f3n 1",
             "Label": "Rosa"},
            "Rosa, Jir\u00f3n 1, latitude -12.04, longitude -77.03",
        ),
        ({"Latitude": "-12.04", "Longitude": "-77.03"},
         "latitude -12.04, longitude -77.03"),
        ({"Address": "Jir\u00f3n 1"}, "Jir\u00f3n 1"),
    ],
)  # fmt: skip
def test_a_location_that_says_where_it_is_is_read(
    fields: dict[str, str], place: str
) -> None:
    ana = Conversation("We deliver there.")
    ana.says("", 0, **fields)
    assert ana.hears() == ["We deliver there."]
    assert ana.llm_saw() == [sentences.PLACE.format(place)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"ButtonText": "Yes", "ButtonPayload": "confirm-7"},
            "Yes\n[The user pressed a button: ButtonPayload: confirm-7]",
        ),
        (
            {"ListTitle": "Roses", "ListId": "sku-2"},
            "Roses\n[The user chose from a list: ListId: sku-2]",
        ),
        (
            {"InteractiveData": '{"date": "2026-12-01", "flow_token": "t", "n": [1]}'},
            "[The user filled in a form: date: 2026-12-01; n 1: 1]",
        ),
        ({"FlowData": '{"a": cut'}, "[The user filled in a form: FlowData: {'a': cut]"),
        (
            {"Order": '{"items": [{"sku": "rose", "quantity": 12}]}'},
            "[The user sent an order: items 1 sku: rose; items 1 quantity: 12]",
        ),
    ],
)
def test_what_was_chosen_filled_in_or_ordered_is_told(
    fields: dict[str, str], told: str
) -> None:
    ana = Conversation("Noted.")
    ana.says("", 0, **fields)
    assert ana.hears() == ["Noted."]
    assert ana.llm_saw() == [told]


def test_a_payload_that_repeats_the_text_is_told_once() -> None:
    ana = Conversation()
    ana.says("Yes", ButtonText="Yes", ButtonPayload="Yes")
    ana.hears()
    assert ana.llm_saw() == ["Yes"]


def test_a_new_field_alone_is_still_nothing_to_read() -> None:
    ana = Conversation()
    ana.says("", 0, Newest="1", **{QUOTED: new_sid()})
    assert ana.hears() == [sentences.UNREADABLE["unknown"]]


def test_how_it_came_is_told_with_what_it_says() -> None:
    ana = Conversation()
    sticker = {"NumMedia": "1", "MediaContentType0": "image/webp"}
    ana.says("Old news", 0, Forwarded="true")
    ana.says("Older news", 0, Forwarded="true", FrequentlyForwarded="true")
    ana.says("", 0, **sticker)
    ana.says("", 0, MessageType="poll_creation")
    ana.hears()
    [told] = ana.llm_saw()
    kind = sentences.OF_A_KIND.format("poll_creation")
    assert told.split("\n\n") == [
        f"Old news\n{sentences.FORWARDED}",
        f"Older news\n{sentences.FORWARDED_OFTEN}",
        f"{sentences.PLACEHOLDERS['image']}\n{sentences.STICKER}",
        kind,
    ]


def test_what_a_person_broke_in_psql_is_left_out(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    ana.says("Hi", ListId="2")
    for broken in ('"text"', "[1]", '{"ListId": 7}'):
        statement = (
            "UPDATE userchats SET messages = jsonb_set(messages, "
            "'{0,beside}', %(broken)s::text::jsonb)"
        )
        change(database, statement, broken=broken)
        assert ana.chat.turns[0].beside == {}
    assert ana.hears() == ["Yes."]
