from twilio.request_validator import RequestValidator

from tests.bot.simulator.desk import NUMBER, TOKEN, Desk, desk_at
from tests.bot.simulator.scripted_bot import ScriptedBot
from tests.house import eventually

PART = "part=7f%2F1&x=%C3%A9"


def callback_url(bot: ScriptedBot) -> str:
    return f"{bot.origin}/status?{PART}"


def test_a_message_is_queued_sent_and_delivered(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address, external_user_id="whatsapp:US.99")
    message = desk.bot_sends(address, "Hi", StatusCallback=callback_url(bot))
    assert message["status"] == "queued"
    assert message["error_code"] is None
    bot.wait_until(lambda: bot.statuses_of(message["sid"]) == ["sent", "delivered"])
    assert desk.bot_fetches(message["sid"])["status"] == "delivered"
    delivered = bot.callbacks_of(message["sid"])[-1].form
    assert (delivered["From"], delivered["To"]) == (NUMBER, address)
    assert delivered["ExternalUserId"] == "whatsapp:US.99"
    assert delivered["ChannelPrefix"] == "whatsapp"
    assert delivered["SmsSid"] == message["sid"]


def test_status_callbacks_are_signed_over_their_query(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address)
    url = callback_url(bot)
    sid = desk.bot_sends(address, "Hi", StatusCallback=url)["sid"]
    bot.wait_until(lambda: len(bot.statuses_of(sid)) == 2)
    for got in bot.callbacks_of(sid):
        signature = got.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(url, got.form, signature)


def test_a_messaging_service_starts_with_accepted(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address)
    service = "MG" + "1" * 32
    more = {"MessagingServiceSid": service, "StatusCallback": callback_url(bot)}
    message = desk.bot_sends(address, "Hi", **more)
    assert message["status"] == "accepted"
    assert message["messaging_service_sid"] == service
    expected = ["queued", "sent", "delivered"]
    bot.wait_until(lambda: bot.statuses_of(message["sid"]) == expected)


def test_who_never_wrote_cannot_be_written_to(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    sid = desk.bot_sends(address, "Buy!", StatusCallback=callback_url(bot))["sid"]
    bot.wait_until(lambda: bot.statuses_of(sid) == ["failed"])
    assert bot.callbacks_of(sid)[-1].form["ErrorCode"] == "63016"
    assert desk.bot_fetches(sid)["error_code"] == 63016
    [message] = desk.conversation(address)["messages"]
    assert (message["status"], message["error_code"]) == ("failed", 63016)


def test_an_open_page_reads(desk: Desk, bot: ScriptedBot, address: str) -> None:
    desk.user_says(address)
    url = callback_url(bot)
    early = desk.bot_sends(address, "Before it opens", StatusCallback=url)["sid"]
    bot.wait_until(lambda: len(bot.statuses_of(early)) == 2)
    page = desk.phone("GET", "events", params={"address": address}, stream=True)
    with page:
        bot.wait_until(lambda: bot.statuses_of(early)[-1] == "read")
        late = desk.bot_sends(address, "While it is open", StatusCallback=url)["sid"]
        expected = ["sent", "delivered", "read"]
        bot.wait_until(lambda: bot.statuses_of(late) == expected)
    assert bot.callbacks_of(late)[-1].form["EventType"] == "READ"


def test_ticks_of_the_user_turn_blue_when_the_bot_types(
    desk: Desk, address: str
) -> None:
    first = desk.user_says(address)["message_sid"]
    desk.user_says(address)
    assert desk.statuses(address) == ["delivered", "delivered"]
    assert desk.bot_types(first).json() == {"success": True}
    assert desk.statuses(address) == ["read", "delivered"]
    assert desk.conversation(address)["typing"] is True


def test_an_answer_ends_typing_and_marks_all_as_read(desk: Desk, address: str) -> None:
    sid = desk.user_says(address)["message_sid"]
    desk.user_says(address)
    desk.bot_types(sid)
    desk.bot_sends(address, "Here I am")
    assert desk.conversation(address)["typing"] is False
    assert desk.statuses(address)[:2] == ["read", "read"]


def test_a_lost_status_callback_holds_nothing_up(desk: Desk, address: str) -> None:
    desk.user_says(address)
    nobody = "http://127.0.0.1:9/status"
    sid = desk.bot_sends(address, "Hi", StatusCallback=nobody)["sid"]
    eventually(lambda: desk.bot_fetches(sid)["status"] == "delivered")


def test_the_stream_tells_what_happens(desk: Desk, address: str) -> None:
    page = desk.phone("GET", "events", params={"address": address}, stream=True)
    with page:
        lines = page.iter_lines()
        sid = desk.user_says(address, "Anyone?")["message_sid"]
        desk.bot_types(sid)
        desk.bot_sends(address, "Yes")
        seen: list[str] = []
        while seen[-2:] != ["typing", "message"]:
            line = next(lines).decode()
            if line.startswith("event: ") and "conversation" not in line:
                seen.append(line.removeprefix("event: "))
    expected = ["message", "status", "status", "typing", "typing", "message"]
    assert seen == expected


def test_only_so_many_pages_may_be_open(bot: ScriptedBot, address: str) -> None:
    # Of its own: pages that other tests closed count until the next news.
    with desk_at(bot.webhook_url) as desk:
        pages = [desk.phone("GET", "events", stream=True) for _ in range(17)]
        try:
            assert [page.status_code for page in pages] == [200] * 16 + [503]
        finally:
            for page in pages:
                page.close()
        eventually(lambda: _opens_after_news(desk, address))


def _opens_after_news(desk: Desk, address: str) -> bool:
    desk.user_says(address)
    with desk.phone("GET", "events", stream=True) as page:
        return page.status_code == 200
