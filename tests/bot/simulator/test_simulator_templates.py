"""Templates go out at any time, with their text, unless WhatsApp won't have them."""

import json

import pytest

from bot.simulator.content.choices import CONTENT_SIDS
from tests.bot.simulator.desk import Desk
from tests.house import eventually

SID = "HX" + 32 * "c"


def sends(desk: Desk, address: str) -> str:
    answer = desk.create(
        To=address, ContentSid=SID, ContentVariables='{"1": "Ana", "2": "cake"}'
    )
    assert answer.status_code == 201
    return str(answer.json()["sid"])


def owns(desk: Desk, **more: str) -> None:
    made = {"sid": SID, "body": "Hello {{1}}, your {{2}} is here.", **more}
    assert desk.phone("PUT", "templates", json=[made]).ok


def test_one_goes_out_to_who_never_wrote(desk: Desk, address: str) -> None:
    owns(desk)
    sid = sends(desk, address)
    eventually(lambda: desk.bot_fetches(sid)["status"] == "delivered")
    assert desk.bodies(address) == ["Hello Ana, your cake is here."]
    assert desk.bot_fetches(sid)["body"] == "Hello Ana, your cake is here."


def test_one_that_whatsapp_paused_fails(desk: Desk, address: str) -> None:
    owns(desk, status="paused")
    sid = sends(desk, address)
    eventually(lambda: desk.bot_fetches(sid)["error_code"] == 63041)


def test_one_that_whatsapp_did_not_approve_goes_out_within_the_window_alone(
    desk: Desk, address: str
) -> None:
    owns(desk, status="unsubmitted")
    late = sends(desk, address)
    eventually(lambda: desk.bot_fetches(late)["error_code"] == 63016)
    desk.user_says(address)
    sid = sends(desk, address)
    eventually(lambda: desk.bot_fetches(sid)["status"] == "delivered")


@pytest.mark.parametrize("number", [2, 4], ids=["buttons", "a list"])
def test_choices_to_tap_go_out_within_the_window_alone(
    desk: Desk, address: str, number: int
) -> None:
    owns(desk)
    told = {str(at): f"word {at}" for at in range(1, 2 * number + 3)}
    form = {"ContentSid": CONTENT_SIDS[number], "ContentVariables": json.dumps(told)}
    late = desk.create(To=address, **form).json()["sid"]
    eventually(lambda: desk.bot_fetches(late)["error_code"] == 63016)
    desk.user_says(address)
    sid = desk.create(To=address, **form).json()["sid"]
    eventually(lambda: desk.bot_fetches(sid)["status"] == "delivered")


def test_a_wrong_order_is_refused_in_words(desk: Desk) -> None:
    answer = desk.phone("PUT", "templates", json=[{"sid": "HX1", "body": "x"}])
    assert answer.status_code == 400
    assert "HX and 32" in answer.json()["error"]
