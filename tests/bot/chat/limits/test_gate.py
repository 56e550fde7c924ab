"""Who may talk to the bot, and the kill switch: told once a day, nothing dropped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat import sentences as others
from bot.chat.limits import sentences
from bot.chat.limits.allowance import Allowance, read_allowance
from bot.chat.patience import Pace
from bot.environment import Reader
from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.answered import AnswersOfLate
from db.delivery.pausing import Pauses, pause, resume
from db.memory.knowing import People
from tests.bot.chat.conversation import ADDRESS, Conversation
from tests.bot.log_lines import recorded_log
from tests.db.sql import change, value, values


def conversation(
    database: Database, pg: PostgresChatStore, *thoughts: str, **allowed: object
) -> Conversation:
    ana = Conversation(*thoughts, store=pg, pace=Pace(quiet_seconds=0))
    ana.talk = replace(
        ana.talk,
        allowance=Allowance(**allowed),  # type: ignore[arg-type]
        counts=AnswersOfLate(database),
        is_paused=Pauses(database, 0).is_paused,
    )
    return ana


def tell(ana: Conversation, *texts: str) -> list[str]:
    heard = []
    for text in texts:
        ana.says(text)
        heard += ana.hears()
    return heard


@pytest.mark.parametrize(
    ("setting", "addresses"), [("blocked", {ADDRESS}), ("allowed", {"whatsapp:+1999"})]
)
def test_who_may_not_talk_is_told_once_a_day_and_stop_holds(
    database: Database, pg: PostgresChatStore, setting: str, addresses: set[str]
) -> None:
    ana = conversation(database, pg, **{setting: frozenset(addresses)})
    with recorded_log("ERROR") as log:
        assert tell(ana, "Hi", "/help", "/new", "Hello?") == [sentences.NOT_FOR_YOU]
    assert ana.thoughts.prompts == []
    assert f"{setting.upper()}_ADDRESSES" in log.text
    assert values(database, "SELECT message_sid FROM unanswered_messages") == []
    yesterday = """
        UPDATE userchats SET messages = replace(messages::text,
          left((messages -> 0 ->> 'timestamp'), 10), '2020-01-01')::jsonb
    """
    change(database, yesterday)
    assert tell(ana, "And today?") == [sentences.NOT_FOR_YOU]
    assert tell(ana, "STOP", "Hi", "START") == [others.STOPPED, others.STARTED]


@pytest.mark.parametrize("owner", ["human", "queue"])
@pytest.mark.parametrize("text", ["/help", "/forget"])
def test_who_may_not_talk_is_settled_in_silence_while_a_person_has_the_chat(
    database: Database, pg: PostgresChatStore, owner: str, text: str
) -> None:
    ana = conversation(database, pg, blocked=frozenset({ADDRESS}))
    ana.talk = replace(ana.talk, know=People(database).know)
    tell(ana, "STOP", "START")
    change(database, "SELECT change_owner(user_id, %(owner)s, NULL, 'x', NULL)"
           " FROM users", owner=owner)  # fmt: skip
    assert tell(ana, text) == []
    assert ana.chat.unanswered() == ()


def test_who_may_not_talk_gets_no_command_in_a_pause_either(
    database: Database, pg: PostgresChatStore
) -> None:
    blocked = frozenset({ADDRESS})
    ana = conversation(database, pg, blocked=blocked, is_paused=True)
    assert tell(ana, "/help", "Hi") == [sentences.NOT_FOR_YOU]
    assert ana.chat.unanswered() == ()


def test_who_is_allowed_is_answered(database: Database, pg: PostgresChatStore) -> None:
    ana = conversation(database, pg, "Yes.", allowed=frozenset({ADDRESS}))
    assert tell(ana, "Hi") == ["Yes."]


def test_answers_of_a_day_and_of_all_are_counted(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = conversation(database, pg, "Yes.", per_person_day=2)
    heard = tell(ana, "one", "two", "three", "/new", "four", "five")
    assert heard == ["Yes.", "Yes.", sentences.TOO_MANY_OF_YOUR_DAY, others.NEW_CHAT]
    ben = conversation(database, pg, "Yes.", for_all_day=1)
    assert tell(ben, "one", "two") == [sentences.TOO_MANY_OF_ALL_DAY]
    change(database, "UPDATE reply_parts SET created_at = now() - interval '25 hours'")
    assert tell(ana, "six") == ["Yes."]


def test_more_messages_than_a_minute_may_have(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = conversation(database, pg, "Yes.", messages_minute=2)
    assert tell(ana, "one", "two") == ["Yes.", "Yes."]
    assert tell(ana, "three", "four") == [sentences.TOO_FAST]
    ana.says("five", minutes=-2)
    assert ana.hears() == ["Yes."]


# The kill switch


def test_while_answers_pause_nothing_is_dropped(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = conversation(database, pg, "Nine to five.")
    with database.transaction() as connection:
        assert pause(connection)
        assert not pause(connection)
    ana.says("When do you open?")
    assert [ana.is_kept_waiting() for _ in range(3)] == [True] * 3
    assert ana.bot_said == [sentences.PAUSED]
    ana.says("Hello?")
    assert ana.is_kept_waiting()
    assert ana.bot_said == [sentences.PAUSED], "once a day"
    assert ana.thoughts.prompts == []
    assert len(ana.chat.unanswered()) == 2
    with database.transaction() as connection:
        assert resume(connection)
        assert not resume(connection)
    assert ana.hears() == ["Nine to five."]
    assert ana.chat.unanswered() == ()


def test_in_a_pause_commands_hold_and_what_gets_too_old_is_told_after_it(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = conversation(database, pg, "Yes.", is_paused=True)
    assert tell(ana, "/help")[0].startswith("Write to me")
    ana.says("Are you open?", minutes=90)
    assert ana.is_kept_waiting()
    assert others.GIVEN_UP not in ana.bot_said
    ana.talk = replace(ana.talk, allowance=Allowance())
    assert ana.hears() == [others.GIVEN_UP]
    ana.talk = replace(ana.talk, allowance=Allowance(is_paused=True))
    ana.says("STOP")
    assert ana.hears() == [others.STOPPED]
    ana.says("Hi")
    assert ana.hears() == []


def test_an_answer_that_was_being_made_when_the_pause_came_is_not_stored(
    database: Database, pg: PostgresChatStore
) -> None:
    def killed() -> str:
        change(database, "UPDATE first_start SET paused_at = now()")
        return "Nonsense!"

    ana = conversation(database, pg, killed)  # type: ignore[arg-type]
    ana.says("Hi")
    assert ana.is_kept_waiting()
    assert "Nonsense!" not in ana.bot_said
    assert value(database, "SELECT count(*) FROM unanswered_messages") == 1


def test_a_pause_is_seen_in_seconds_without_asking_each_time(
    database: Database, pg: PostgresChatStore
) -> None:
    seldom, always = Pauses(database, 60), Pauses(database, 0)
    assert [seldom.is_paused(), always.is_paused()] == [False, False]
    change(database, "UPDATE first_start SET paused_at = now()")
    assert [seldom.is_paused(), always.is_paused()] == [False, True]


# Days


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Sao_Paulo"])
def test_a_day_begins_at_midnight_where_the_business_is(zone: str) -> None:
    begun = Allowance(timezone=ZoneInfo(zone)).midnight()
    here = begun.astimezone(ZoneInfo(zone))
    assert (here.hour, here.minute) == (0, 0)
    assert timedelta(0) <= datetime.now(UTC) - begun < timedelta(hours=25)


def test_limits_are_read_and_what_is_wrong_is_told() -> None:
    read = Reader({
        "MESSAGES_PER_MINUTE": "20", "ANSWERS_PER_PERSON_DAY": "100",
        "ANSWERS_PER_DAY": "5000", "BOT_PAUSED": "on", "TIMEZONE": "Asia/Kolkata",
        "ALLOWED_ADDRESSES": "+49 151 23456789", "BLOCKED_ADDRESSES": "whatsapp:US.1",
    })  # fmt: skip
    assert read_allowance(read) == Allowance(
        per_person=60, for_all=3000, per_person_day=100, for_all_day=5000,
        messages_minute=20, allowed=frozenset({"whatsapp:+4915123456789"}),
        blocked=frozenset({"whatsapp:US.1"}), is_paused=True,
        timezone=ZoneInfo("Asia/Kolkata"),
    )  # fmt: skip
    assert read_allowance(Reader({})) == Allowance(per_person=60, for_all=3000)
    bad = Reader({"BOT_PAUSED": "yes", "BLOCKED_ADDRESSES": "ana"})
    read_allowance(bad)
    assert set(bad.problems) == {"BOT_PAUSED", "BLOCKED_ADDRESSES"}
