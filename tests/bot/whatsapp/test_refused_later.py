"""Messages that Twilio took and failed later: sent again where that may help."""

import pytest
from prometheus_client import REGISTRY

from bot.whatsapp.outcomes import DeliveryError
from db.records import DeliveryStatus
from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import BROKEN, ScriptedTwilio, taken
from tests.bot.whatsapp.twilio_calls import ACCOUNT, STATUS, call, new_sid
from tests.bot.whatsapp.webhook_app import NotingStore, Statuses, build_app
from tests.db.sql import change, rows, value

LATER = (20429, 63017, 63018, 63012, 63007)
PART = "SELECT part_id FROM reply_parts ORDER BY sequence LIMIT 1"
JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_parts'"


def sid_of(twilio: ScriptedTwilio, number: int = -1) -> str:
    return str(twilio.taken[number]["sid"])


def tells(desk: Desk, sid: str, status: str, code: int | None = None) -> bool:
    """Call back as Twilio does, with our id of the first part in the URL."""
    part_id = value(desk.database, PART)
    told = DeliveryStatus(
        message_sid=sid, status=status, part_id=part_id, error_code=code
    )
    return desk.outbox.record_delivery_status(told)


@pytest.mark.parametrize("code", LATER)
def test_what_may_go_through_later_is_sent_again_under_a_new_sid(
    desk: Desk, twilio: ScriptedTwilio, code: int
) -> None:
    desk.stores("one")
    assert desk.sends_now() == 0
    first = sid_of(twilio)
    assert tells(desk, first, "failed", code)
    assert value(desk.database, JOBS) == 1
    assert desk.statuses == ["pending"]
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == ["one", "one"]
    assert value(desk.database, "SELECT message_sid FROM reply_parts") == sid_of(twilio)
    assert sid_of(twilio) != first


def test_it_waits_before_it_is_sent_again(desk: Desk, twilio: ScriptedTwilio) -> None:
    desk.stores("one")
    desk.sends_now()
    tells(desk, sid_of(twilio), "failed", 63018)
    with pytest.raises(DeliveryError):
        desk.sends_later()
    assert twilio.bodies == ["one"]


def test_what_is_told_of_the_old_sid_later_undoes_nothing(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.sends_now()
    old = sid_of(twilio)
    tells(desk, old, "failed", 63018)
    for status, code in (("sent", None), ("delivered", None), ("failed", 63018)):
        tells(desk, old, status, code)
        assert desk.statuses == ["pending"]
    desk.passes(60)
    desk.sends_later()
    tells(desk, sid_of(twilio), "delivered")
    for status, code in (("sent", None), ("failed", 63018), ("failed", 63016)):
        tells(desk, old, status, code)
    assert desk.statuses == ["delivered"]
    assert twilio.bodies == ["one", "one"]
    assert value(desk.database, "SELECT count(*) FROM early_statuses") == 0


def test_a_refusal_that_is_told_before_the_sid_is_known_is_sent_again_once(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    """The callback overtakes the answer to our request."""
    known = taken("queued")
    twilio.answers.append(known)
    assert isinstance(known[1], dict)
    sid = str(known[1]["sid"])

    def overtaken() -> None:
        twilio.meanwhile = lambda: None
        tells(desk, sid, "failed", 63018)
        assert desk.statuses == ["sending"]

    twilio.meanwhile = overtaken
    desk.stores("one")
    assert desk.sends_now() == 1
    assert desk.statuses == ["pending"]
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == ["one", "one"]
    assert desk.statuses == ["sent"]


def test_an_old_refusal_frees_nothing_that_is_being_sent(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    """The first send's fate was unknown; the refusal comes amid the second one."""
    lost = taken("queued")
    assert isinstance(lost[1], dict)
    sid = str(lost[1]["sid"])
    twilio.answers.append(BROKEN)
    desk.stores("one")
    desk.sends_now()
    desk.passes(60)

    def meanwhile() -> None:
        twilio.meanwhile = lambda: None
        tells(desk, sid, "failed", 63018)

    twilio.meanwhile = meanwhile
    desk.sends_later()
    assert desk.statuses == ["sent"]
    assert twilio.bodies == ["one", "one"]


def test_a_refusal_that_is_only_found_in_twilios_list_is_sent_again(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(BROKEN)
    desk.stores("one")
    desk.sends_now()
    _, made = taken("failed")
    assert isinstance(made, dict)
    twilio.taken.append({**made, "body": "one", "error_code": 63018})
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == ["one", "one"]
    assert desk.statuses == ["sent"]


def test_it_ends_some_time(desk: Desk, twilio: ScriptedTwilio) -> None:
    desk.stores("one")
    desk.sends_now()
    for _ in range(5):
        tells(desk, sid_of(twilio), "failed", 63018)
        desk.passes(1000)
        desk.sends_later()
    tells(desk, sid_of(twilio), "failed", 63018)
    assert desk.statuses == ["failed"]
    assert len(twilio.bodies) == 6
    assert rows(desk.database, "SELECT error_code FROM reply_parts") == [(63018,)]


def test_it_ends_when_the_window_is_over(desk: Desk, twilio: ScriptedTwilio) -> None:
    desk.stores("one")
    desk.sends_now()
    older = "UPDATE reply_parts SET created_at = now() - interval '25 h'"
    change(desk.database, older)
    tells(desk, sid_of(twilio), "failed", 63018)
    assert desk.statuses == ["failed"]


@pytest.mark.parametrize("code", [63016, 63024, 63049, 29999, None])
def test_what_is_final_takes_the_rest_of_its_reply_with_it(
    desk: Desk, twilio: ScriptedTwilio, code: int | None
) -> None:
    twilio.answers.append(taken("queued"))
    desk.stores("one", "two", "three")
    desk.stores("another answer")
    assert desk.sends_now() == 1
    tells(desk, sid_of(twilio), "failed", code)
    assert desk.statuses == ["failed", "failed", "failed", "pending"]
    desk.sends_later()
    assert twilio.bodies == ["one", "another answer"]


@pytest.mark.parametrize(("code", "outcome"), [(63018, "refused"), (63016, "failed")])
def test_the_operator_hears_of_both(code: int, outcome: str) -> None:
    sid = new_sid()
    app = build_app(NotingStore(), Statuses(known=sid))
    form = {"MessageSid": sid, "AccountSid": ACCOUNT, "MessageStatus": "failed"}
    labels = {"outcome": f"{outcome} later"}
    before = REGISTRY.get_sample_value("bot_sends_total", labels) or 0
    with recorded_log() as log:
        call(app, {**form, "ErrorCode": str(code)}, STATUS)
    assert REGISTRY.get_sample_value("bot_sends_total", labels) == before + 1
    (line,) = [line for line in log.lines if line["level"] == "ERROR"]
    assert (line["error_code"], line["message_sid"]) == (code, sid)
