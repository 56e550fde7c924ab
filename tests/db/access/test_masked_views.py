"""What people who only look see: the views without addresses and names."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.observability import mask
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap, Making
from tests.db.sql import change, rows, take_in, value, values
from tests.records import answer_to, said, stood_on

ADDRESS = "whatsapp:+15559876543"
HANDLE = "whatsapp:BR.SecretHandle"
NAME = "Zebulon Quux"
ARCHIVED = """
    INSERT INTO userchats_archive (chat_id, customer_id, messages)
    SELECT '00000000000000aa', customer_id, messages FROM userchats
"""
QUEUED = """
    SELECT change_owner(user_id, 'human', user_id, 'asked', NULL) FROM users
    WHERE full_name = %(name)s
"""
UNDERSTOOD = """
    INSERT INTO media (user_id, message_sid, position, state, media_type, file_name)
    SELECT user_id, 'SM1', 0, 'read', 'audio/ogg', %(name)s FROM users;
    INSERT INTO user_facts (user_id, kind, text, message_sid)
    SELECT user_id, 'preference', 'likes rye', 'SM1' FROM users;
    INSERT INTO feedback (user_id, operator_id, rating)
    SELECT user_id, user_id, 1 FROM users;
    INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
      arguments, state, approved_by)
    SELECT gen_random_uuid(), user_id, 'x', 'SM1', 0, 'look', '{}', 'done', user_id
    FROM users;
    INSERT INTO scheduled_messages (user_id, chat_id, kind, number, text, say_at)
    SELECT user_id, 'x', 'reminder', 1, 'Rye.', now() FROM users;
    INSERT INTO spendings (user_id, chat_id, purpose, model, state, micros, currency,
                           priced_on, day)
    SELECT customer_id, chat_id, 'answer', 'a-model', 'settled', 1200, 'USD',
           current_date, current_date FROM userchats;
    INSERT INTO cases (made_from, user_id, question, turns, expects)
    SELECT 'hand', user_id, 'When?', '[]', '{}' FROM users;
    INSERT INTO evaluations (model, knowledge, cases) VALUES ('a-model', 'now', 1);
    INSERT INTO evaluation_results (evaluation_id, position, case_id, user_id, question,
                                    passed, score, checks, seconds)
    SELECT evaluations.id, 1, cases.id, user_id, 'When?', true, 1, '[]', 1
    FROM evaluations CROSS JOIN cases LIMIT 1;
    INSERT INTO proposals (kind, terms, state, title, text, applied_by)
    SELECT 'entry', 'x', 'applied', 'When?', 'At nine.', user_id FROM users;
    UPDATE users SET company = %(name)s;
    INSERT INTO broadcasts (broadcast_id, template_id, name, category, body)
    VALUES ('00000001', 'HX01', 'news', 'UTILITY', 'Hello {{1}}');
    INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, body,
                             author, status, held_at)
    SELECT gen_random_uuid(), chat_id, customer_id, 0, '+1555', 'Ready.',
           customer_id::text, 'held', now() FROM userchats;
    UPDATE userchats SET metadata = metadata || jsonb_build_object(
      'recap', jsonb_build_object('text', %(name)s::text)),
      messages = jsonb_set(messages, '{0,lead}',
        jsonb_build_object('company', %(name)s::text));
INSERT INTO replays (asked_for, knowledge) VALUES ('one answer', 'now');
INSERT INTO replay_answers (replay_id, position, user_id, chat_id, reference_id,
                            question, before)
SELECT replays.id, 1, user_id, '00000000000000aa', gen_random_uuid(), 'When?', 'At 9.'
FROM users, replays
"""
MASKED = "SELECT viewname FROM pg_views WHERE schemaname = 'masked' ORDER BY 1"
ALL_TEXT = "SELECT string_agg(v::text, E'\\n') FROM masked.{} AS v"


@pytest.fixture
def talked(database: Database) -> None:
    """A person of whom every view has a row: answered, failed, unanswered, archived."""
    pg = PostgresChatStore(database, timedelta(days=1))
    known = {"profile_name": NAME, "other_address": HANDLE}
    question = said("When do you open?", ADDRESS, **known)
    chat_id = take_in(pg, question)
    reply = answer_to(question, text="At nine.")
    gap = Gap("When?", ("when",))
    making = Making(prompt="You help.", model="a-model")
    reply = replace(reply, stood_on=(stood_on("Hours"),), gap=gap, making=making)
    assert pg.record_reply(chat_id, reply)
    change(database, "UPDATE userchats SET messages = jsonb_set(messages, "
                   "'{1,model}', '\"a-model\"')")  # fmt: skip
    change(database, "UPDATE reply_parts SET status = 'failed', error_code = 63016")
    take_in(pg, said("Hello?", ADDRESS, **known))
    change(database, ARCHIVED)
    change(database, QUEUED, name=NAME)
    for statement in UNDERSTOOD.split(";"):
        change(database, statement, name=NAME)


def test_every_view_has_its_masked_one_with_the_same_columns(
    database: Database,
) -> None:
    query = """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = %(schema)s AND table_name IN (
          SELECT viewname FROM pg_views WHERE schemaname = 'masked')
        ORDER BY table_name, ordinal_position
    """
    masked = rows(database, query, schema="masked")
    assert masked == rows(database, query, schema="public")
    assert set(values(database, MASKED)) == {
        "chat_messages", "chat_overview", "user_statistics", "unanswered_messages",
        "failed_deliveries", "llm_usage_daily", "deliveries_by_day", "answer_sources",
        "gap_overview", "support_queue", "ticket_overview", "media_overview",
        "fact_overview", "feedback_overview", "tool_call_overview",
        "spending_overview", "costs_by_day", "chat_costs", "held_messages",
        "scheduled_overview", "broadcast_overview", "answers", "replayed_answers",
        "case_overview", "evaluation_overview", "evaluated_cases",
        "proposal_overview",
    }  # fmt: skip


@pytest.mark.usefixtures("talked")
def test_no_view_shows_an_address_or_a_name(database: Database) -> None:
    for view in values(database, MASKED):
        shown = value(database, ALL_TEXT.format(view))
        assert shown, f"{view} has no row to show"
        for secret in ("+1555", "9876543", "SecretHandle", "Zebulon", "Quux"):
            assert secret not in shown, view


def test_what_a_message_carries_shows_neither_places_nor_addresses(
    database: Database,
) -> None:
    pg = PostgresChatStore(database, timedelta(days=1))
    message = said("Here", ADDRESS)
    place = {"latitude": "52.5", "longitude": "13.4", "address": "Home street 1"}
    media = (
        {"type": "image/jpeg", "url": "https://api.twilio.com/secret"},
        {"type": "location", "label": "Home", **place},
    )
    told = {"ReferralSourceUrl": "https://shop.example/secret", "FormName": "Quux"}
    turn = replace(message.turn, media=media, beside=told, opt_out_type="HELP")
    chat_id = take_in(pg, replace(message, turn=turn))
    assert pg.record_reply(chat_id, answer_to(message, error="the LLM is away"))
    change(database, "UPDATE userchats SET messages = jsonb_set(messages, "
                     "'{0,by_hand}', '[\"Home street 1\"]')")  # fmt: skip
    asked, answered = values(
        database, "SELECT metadata FROM masked.chat_messages ORDER BY position"
    )
    assert asked == {
        "media": [{"type": "image/jpeg"}, {"type": "location"}],
        "beside": {"ReferralSourceUrl": "***", "FormName": "***"},
        "by_hand": "***",
        "opt_out_type": "HELP",
        "error": "the LLM is away",
    }
    assert answered["in_reply_to"] == [message.message_sid]
    assert set(answered) == {"in_reply_to", "reference_id"}


@pytest.mark.parametrize("metadata", ["{}", '{"media": "x"}', '{"media": [1, null]}'])
def test_what_was_written_by_hand_breaks_no_view(
    database: Database, metadata: str
) -> None:
    query = "SELECT masked.mask_metadata(%(metadata)s::jsonb)"
    shown = value(database, query, metadata=metadata)
    assert "x" not in str(shown)
    assert set(shown) == set(json.loads(metadata))


def test_a_name_that_turns_the_direction_of_writing_turns_nothing(
    database: Database,
) -> None:
    query = "SELECT masked.shorten_name(%(name)s)"
    assert value(database, query, name="\u202e\u2066Ana") == "A***"
    assert value(database, query, name="\u202e") == "***"
    assert value(database, query, name="أمل") == "أ***"


@pytest.mark.usefixtures("talked")
def test_texts_are_shown_as_they_were_written(database: Database) -> None:
    query = """
        SELECT phone_number, full_name, content FROM masked.chat_messages
        WHERE NOT archived ORDER BY position
    """
    person = ("whatsapp:+15***43", "Z***")
    assert rows(database, query) == [
        (*person, "When do you open?"),
        (*person, "At nine."),
        (*person, "Hello?"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "whatsapp:+15551230001", "+4915112345678", "whatsapp:+1234567",
        "whatsapp:US.1A2B3C4D5E", "whatsapp:US.ENT.1A2B3C", "whatsapp:somebody",
    ],
)  # fmt: skip
def test_addresses_are_masked_as_in_the_logs(database: Database, address: str) -> None:
    query = "SELECT masked.mask_address(%(address)s)"
    assert value(database, query, address=address) == mask(address) != address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("whatsapp:+12345", "whatsapp:***"),
        ("whatsapp:+1555123 0001", "whatsapp:***"),
        ("0555 123 0001", "***"),
        ("ana@example.com", "***"),
        ("", "***"),
        (None, None),
    ],
)
def test_what_is_no_address_of_whatsapps_is_hidden_whole(
    database: Database, address: str | None, shown: str | None
) -> None:
    query = "SELECT masked.mask_address(%(address)s::text)"
    assert value(database, query, address=address) == shown


def test_everything_in_the_schema_carries_a_comment(database: Database) -> None:
    query = """
        SELECT relname FROM pg_class WHERE relnamespace = 'masked'::regnamespace
          AND obj_description(oid, 'pg_class') IS NULL
        UNION ALL
        SELECT attrelid::regclass::text || '.' || attname
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'masked'::regnamespace AND attnum > 0
          AND col_description(attrelid, attnum) IS NULL
        UNION ALL
        SELECT proname FROM pg_proc WHERE pronamespace = 'masked'::regnamespace
          AND obj_description(oid, 'pg_proc') IS NULL
        UNION ALL
        SELECT nspname FROM pg_namespace WHERE nspname = 'masked'
          AND obj_description(oid, 'pg_namespace') IS NULL
    """
    assert values(database, query) == []
