"""A voice note, or a file, that can't be sent: its words follow, once."""

from datetime import timedelta

import pytest

from bot.media.outgoing.refs import StoredRef
from db.media.contents import MediaContents
from db.records import DeliveryStatus, PartContent
from tests.bot.media.outgoing import files
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import Answer, ScriptedTwilio, taken
from tests.db.sql import change, rows, value

NO_MEDIA: Answer = (400, {"code": 21620, "message": "No", "status": 400})
NO_USER: Answer = (400, {"code": 63003, "message": "No", "status": 400})
OPTED_OUT: Answer = (400, {"code": 21610, "message": "No", "status": 400})
LATER = "Later."


@pytest.fixture
def note(desk: Desk) -> PartContent:
    kept = MediaContents(desk.database).put(files.ogg(), "audio/ogg")
    return PartContent("", media=(str(StoredRef(kept)),), instead="We do.")


def tells(desk: Desk, sid: str, status: str, code: int | None = None) -> None:
    first = "SELECT part_id FROM reply_parts ORDER BY sequence LIMIT 1"
    part_id = value(desk.database, first)
    told = DeliveryStatus(
        message_sid=sid, status=status, part_id=part_id, error_code=code
    )
    desk.outbox.record_delivery_status(told)


def test_a_voice_note_that_is_refused_is_followed_by_its_text_in_its_place(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent
) -> None:
    twilio.answers.append(NO_MEDIA)
    desk.stores(note, LATER)
    assert desk.sends_now() == 0
    assert twilio.bodies == ["", "We do.", LATER]
    assert "MediaUrl" not in twilio.forms[1]
    assert desk.statuses == ["sent", "sent"]


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_so_is_one_that_fails_later_once_however_often_that_is_told(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent, status: str
) -> None:
    desk.stores(note)
    desk.sends_now()
    sid = str(twilio.taken[0]["sid"])
    for _ in range(3):
        tells(desk, sid, status, 63019)
    assert desk.statuses == ["pending"]
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_parts'"
    assert value(desk.database, jobs) == 1
    desk.passes(60)
    desk.sends_later()
    tells(desk, sid, status, 63019)
    tells(desk, str(twilio.taken[1]["sid"]), "delivered")
    desk.sends_later()
    assert twilio.bodies == ["", "We do."]
    assert desk.statuses == ["delivered"]


def test_so_is_one_whose_failure_is_told_before_its_sid_is_known(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent
) -> None:
    """The worker is killed in the send, and the callback overtakes it."""
    known = taken("queued")
    assert isinstance(known[1], dict)
    sid = str(known[1]["sid"])
    twilio.answers.append(known)

    def overtaken() -> None:
        twilio.meanwhile = lambda: None
        tells(desk, sid, "failed", 63021)

    twilio.meanwhile = overtaken
    desk.stores(note)
    desk.sends_now()
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == ["", "We do."]
    assert desk.statuses == ["sent"]


def test_whoever_is_killed_before_the_refusal_is_stored_is_followed_by_one_who_ends_it(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent
) -> None:
    desk.stores(note, LATER)
    wait, window = timedelta(seconds=4), timedelta(days=1)
    assert desk.outbox.claim_next(desk.user_id, wait, window)
    desk.passes(60)
    twilio.answers.append(NO_MEDIA)
    desk.sends_later()
    assert twilio.bodies == ["", "We do.", LATER]
    assert desk.statuses == ["sent", "sent"]


def test_a_text_that_fails_in_its_turn_is_the_end_of_it(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent
) -> None:
    twilio.answers.extend([NO_MEDIA, NO_MEDIA])
    desk.stores(note, LATER)
    desk.sends_now()
    assert twilio.bodies == ["", "We do."]
    assert desk.statuses == ["failed", "failed"]


@pytest.mark.parametrize("answer", [NO_USER, OPTED_OUT], ids=["nobody", "stopped"])
def test_a_refusal_that_is_about_the_user_brings_no_text(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent, answer: Answer
) -> None:
    twilio.answers.append(answer)
    desk.stores(note, LATER)
    desk.sends_now()
    assert twilio.bodies == [""]
    assert desk.statuses == ["failed", "failed"]


@pytest.mark.parametrize(
    "since",
    [
        "SELECT take_chat(chat_id) FROM userchats",
        "INSERT INTO opt_outs (user_id) SELECT user_id FROM users",
    ],
    ids=["taken over", "STOP"],
)
def test_who_took_the_chat_or_stopped_hears_no_text(
    desk: Desk, twilio: ScriptedTwilio, note: PartContent, since: str
) -> None:
    desk.stores(note)
    desk.sends_now()
    change(desk.database, since)
    tells(desk, str(twilio.taken[0]["sid"]), "undelivered", 63019)
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == [""]
    assert desk.statuses == ["canceled"]


def test_media_beside_their_text_fail_alone(desk: Desk, twilio: ScriptedTwilio) -> None:
    gone = PartContent("", media=("stored:" + "0" * 64,), instead="")
    desk.stores(gone, "At nine.")
    desk.stores(PartContent("a cake", media=("https://x.example/1",), instead=""), "x")
    desk.sends_now()
    assert desk.statuses == ["failed", "sent", "sent", "sent"]
    assert twilio.bodies == ["At nine.", "a cake", "x"]


def test_bytes_that_are_gone_are_followed_by_their_text(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores(PartContent("", media=("stored:" + "0" * 64,), instead="We do."))
    desk.sends_now()
    assert twilio.bodies == ["We do."]
    known = rows(desk.database, "SELECT status, body, media, instead FROM reply_parts")
    assert known == [("sent", "We do.", None, None)]
