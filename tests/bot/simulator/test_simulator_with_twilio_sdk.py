from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.bot.simulator.desk import ACCOUNT, KEY_SECRET, KEY_SID, NUMBER, Desk
from tests.house import eventually


class RebasedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, origin: str) -> None:
        super().__init__(timeout=10, pool_connections=False)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, **more: Any) -> Any:
        asked = urlsplit(url)
        origin = (self._origin.scheme, self._origin.netloc)
        url = urlunsplit((*origin, asked.path, asked.query, ""))
        return super().request(method, url, **more)


@pytest.fixture
def twilio(desk: Desk) -> Any:
    http_client = RebasedHttpClient(desk.url)
    return Client(KEY_SID, KEY_SECRET, ACCOUNT, http_client=http_client)


def sends(twilio: Any, address: str, body: str) -> Any:
    return twilio.messages.create(to=address, from_=NUMBER, body=body)


def test_a_message_is_created_and_fetched(
    twilio: Any, desk: Desk, address: str
) -> None:
    desk.user_says(address)
    created = sends(twilio, address, "Hi")
    assert (created.status, created.direction) == ("queued", "outbound-api")
    assert created.date_created.tzinfo is not None
    assert created.price is None, "it is not billed yet"
    eventually(lambda: created.fetch().status == "delivered")
    billed = created.fetch()
    assert (billed.price, billed.price_unit) == ("-0.00500", "USD")


def test_a_refusal_is_an_exception_with_its_code(twilio: Any) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        sends(twilio, "nobody", "Hi")
    assert (refusal.value.status, refusal.value.code) == (400, 21211)


def test_a_list_is_filtered_and_newest_first(
    twilio: Any, desk: Desk, address: str
) -> None:
    desk.user_says(address, "Hello")
    for body in ("one", "two", "three"):
        sends(twilio, address, body)
    to_user = twilio.messages.list(to=address, from_=NUMBER)
    assert [message.body for message in to_user] == ["three", "two", "one"]
    from_user = twilio.messages.list(from_=address)
    assert [(m.body, m.status) for m in from_user] == [("Hello", "received")]


def test_a_list_goes_over_its_pages(twilio: Any, desk: Desk, address: str) -> None:
    for number in range(5):
        sends(twilio, address, str(number))
    listed = twilio.messages.list(to=address, page_size=2)
    assert [message.body for message in listed] == ["4", "3", "2", "1", "0"]


def test_a_list_is_bounded_by_dates(twilio: Any, desk: Desk, address: str) -> None:
    desk.user_says(address, "Hello")
    moment = datetime.now(UTC)
    hour = timedelta(hours=1)

    def found(**dates: datetime) -> int:
        return len(twilio.messages.list(from_=address, **dates))

    assert found(date_sent_after=moment - hour) == 1
    assert found(date_sent_after=moment + hour) == 0
    assert found(date_sent_before=moment + hour) == 1
    assert found(date_sent_before=moment - hour) == 0
    assert found(date_sent=moment - timedelta(days=2)) == 0


def test_what_is_not_sent_yet_has_no_date_to_be_found_by(
    twilio: Any, address: str
) -> None:
    sends(twilio, address, "This number never wrote")
    ago = datetime.now(UTC) - timedelta(hours=1)
    assert twilio.messages.list(to=address, date_sent_after=ago) == []
    assert len(twilio.messages.list(to=address)) == 1


def test_a_message_is_deleted(twilio: Any, desk: Desk, address: str) -> None:
    created = sends(twilio, address, "Forget me")
    assert created.delete()
    assert desk.bodies(address) == []
    with pytest.raises(TwilioRestException, match="404"):
        created.delete()


def test_media_are_listed_and_described(twilio: Any, desk: Desk, address: str) -> None:
    files = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    said = desk.phone("POST", "messages", data={"from": address}, files=files).json()
    [media] = twilio.messages(said["message_sid"]).media.list()
    assert media.content_type == "application/pdf"
    assert media.fetch().parent_sid == said["message_sid"]
    assert media.delete()


def test_the_typing_indicator_is_shown(twilio: Any, desk: Desk, address: str) -> None:
    sid = desk.user_says(address)["message_sid"]
    indicator = twilio.messaging.v2.typing_indicator
    assert indicator.create(channel="whatsapp", message_id=sid).success is True
    assert desk.conversation(address)["typing"] is True
