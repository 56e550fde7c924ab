import pytest
from flask import Response

from tests.bot.simulator.desk import Desk
from tests.bot.simulator.scripted_bot import ScriptedBot


def test_a_reply_in_the_answer_reaches_the_user(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_reply_with_twiml("<Message>One &amp; only</Message>")
    said = desk.user_says(address, "Hello")
    [reply] = said["replies"]
    assert (reply["direction"], reply["body"]) == ("outbound", "One & only")
    assert desk.bodies(address) == ["Hello", "One & only"]
    assert desk.bot_fetches(reply["sid"])["direction"] == "outbound-reply"
    assert desk.statuses(address)[0] == "read"


def test_several_replies_keep_their_order(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_reply_with_twiml(
        "<Message><Body>First</Body></Message>"
        "<Message><Body>Second</Body><Media>http://x.example/a.png</Media></Message>"
    )
    first, second = desk.user_says(address)["replies"]
    assert (first["body"], second["body"]) == ("First", "Second")
    [media] = second["media"]
    assert media["url"] == "http://x.example/a.png"
    assert media["type"] == "image/png"


def test_plain_text_is_sent_to_the_user_as_twilio_does(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_answer(Response("OK", content_type="text/plain"))
    desk.user_says(address, "Hello")
    assert desk.bodies(address) == ["Hello", "OK"]


@pytest.mark.parametrize(
    ("text", "content_type", "says"),
    [
        ("OK", "text/html", "no XML"),
        ("<Answer/>", "text/xml", "<Answer>, not <Response>"),
        ("{}", "application/json", "application/json, not text/xml"),
    ],
)
def test_an_answer_that_is_no_twiml_is_told(
    *,
    desk: Desk,
    bot: ScriptedBot,
    address: str,
    text: str,
    content_type: str,
    says: str,
) -> None:
    bot.will_answer(Response(text, content_type=content_type))
    said = desk.user_says(address)
    assert said["webhook_status"] == 200
    assert says in said["error"]
    assert said["replies"] == []


def test_an_endless_answer_is_cut_off(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_answer(Response("x" * 70_000, content_type="text/xml"))
    said = desk.user_says(address)
    assert said["webhook_status"] is None
    assert "too long" in said["error"]
