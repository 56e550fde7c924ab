"""Parts that Twilio, or who stands before it, did not take: kept, and said loudly."""

import pytest
from prometheus_client import REGISTRY

from bot.whatsapp.outcomes import DeliveryError
from tests.bot.log_lines import Log, recorded_log
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import (
    Answer,
    ScriptedTwilio,
)
from tests.db.sql import change

ROTATED: Answer = (401, {"code": 20003, "message": "Authenticate", "status": 401})
SUSPENDED: Answer = (403, {"code": 20005, "message": "Not active", "status": 403})
NOT_OUR_NUMBER: Answer = (400, {"code": 63007, "message": "No", "status": 400})
UNHEARD_OF: Answer = (400, {"code": 29999, "message": "?", "status": 400})
KEPT = {
    "a token that is being rotated": ROTATED,
    "a suspended account": SUSPENDED,
    "a page of a proxy": (403, "<html><h1>Forbidden</h1></html>"),
    "a proxy that finds nothing": (404, "<html>Not found</html>"),
    "a 400 of a proxy": (400, "<html>Bad request</html>"),
    "a redirect": (302, "<html>Moved</html>"),
    "a number that is not ours": NOT_OUR_NUMBER,
    "a code that nobody knows": UNHEARD_OF,
}


def refusals() -> float:
    sends = REGISTRY.get_sample_value("bot_sends_total", {"outcome": "refused"})
    return sends or 0


def is_loud(log: Log, words: str) -> bool:
    return any(
        line["level"] == "ERROR" and words in line["message"] for line in log.lines
    )


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_not_about_the_message_is_kept_told_loudly_and_tried_again(
    desk: Desk, twilio: ScriptedTwilio, kind: str
) -> None:
    before = refusals()
    twilio.answers.append(KEPT[kind])
    desk.stores("one", "two")
    with recorded_log() as log:
        assert desk.sends_now() == 1
    assert desk.statuses == ["pending", "pending"]
    assert is_loud(log, "tried again later")
    assert refusals() == before + 1
    desk.sends_later()
    assert twilio.bodies == ["one", "one", "two"]
    assert desk.statuses == ["sent", "sent"]


def test_a_broken_page_of_a_proxy_leaves_the_outcome_open(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append((502, "<html>Bad gateway</html>"))
    desk.stores("one")
    with recorded_log() as log:
        assert desk.sends_now() == 1
    assert desk.statuses == ["uncertain"]
    assert is_loud(log, "a send without an answer")


def test_what_stays_refused_is_given_up_when_the_window_is_over(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.extend([ROTATED] * 3)
    desk.stores("one")
    for _ in range(2):
        with pytest.raises(DeliveryError, match="20003"):
            desk.sends_later()
    change(desk.database, "UPDATE reply_parts SET created_at = now() - interval '25 h'")
    desk.sends_later()
    assert desk.statuses == ["failed"]
    assert twilio.bodies == ["one", "one"]
