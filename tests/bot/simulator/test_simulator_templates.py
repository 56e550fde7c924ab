"""Templates go out at any time, with their text, unless WhatsApp won't have them."""

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


def test_a_wrong_order_is_refused_in_words(desk: Desk) -> None:
    answer = desk.phone("PUT", "templates", json=[{"sid": "HX1", "body": "x"}])
    assert answer.status_code == 400
    assert "HX and 32" in answer.json()["error"]
