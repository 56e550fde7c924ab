import pytest

from tests.bot.simulator.desk import KEY_SECRET, KEY_SID, Desk

TO = "whatsapp:+15550000001"
FINE = {"To": TO, "Body": "Hello"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "+15550000001"}, 21211),
        ({"To": "whatsapp:15550000001"}, 21211),
        ({"To": "whatsapp:+1555000000\n"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "whatsapp:+15559999999"}, 63007),
        ({"From": "+14155238886"}, 21606),
        ({"Body": " "}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"StatusCallback": "not a url"}, 21609),
        ({"StatusCallback": "http://my_bot.example/status"}, 21609),
    ],
)
def test_a_bad_message_is_refused_with_twilios_code(
    desk: Desk, change: dict[str, str], code: int
) -> None:
    answer = desk.create(**{**FINE, **change})
    assert answer.status_code == 400
    error = answer.json()
    assert (error["code"], error["status"]) == (code, 400)
    assert error["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert error["message"]


def test_a_message_without_any_content_is_refused(desk: Desk) -> None:
    assert desk.create(To=TO).json()["code"] == 21619


def test_a_body_of_1600_characters_is_accepted(desk: Desk, address: str) -> None:
    assert desk.bot_sends(address, "x" * 1600)["status"] == "queued"


def test_an_address_without_a_number_is_accepted(desk: Desk) -> None:
    assert desk.bot_sends("whatsapp:US.1A2B3C4D", "Hello")["to"].endswith("1A2B3C4D")


@pytest.mark.parametrize(
    "auth", [("", ""), (KEY_SID, "wrong"), ("wrong", "a-token"), ("é", "ü")]
)
def test_wrong_credentials_are_refused(desk: Desk, auth: tuple[str, str]) -> None:
    name, password = (part.encode().decode("latin-1") for part in auth)
    answer = desk.rest("GET", "Messages.json", auth=(name, password))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_missing_credentials_are_refused(desk: Desk) -> None:
    assert desk.rest("GET", "Messages.json", auth=None).status_code == 401


def test_an_api_key_is_accepted(desk: Desk) -> None:
    answer = desk.rest("GET", "Messages.json", auth=(KEY_SID, KEY_SECRET))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/2010-04-01/Accounts/AC{'1' * 32}/Messages.json",
        f"Messages/SM{'1' * 32}.json",
        f"Messages/SM{'1' * 32}/Media.json",
        f"Messages/SM{'1' * 32}/Media/ME{'1' * 32}",
        "Calls.json",
    ],
)
def test_what_is_not_there_is_20404(desk: Desk, path: str) -> None:
    answer = desk.rest("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_typing_for_an_unknown_message_is_20404(desk: Desk, address: str) -> None:
    outbound = desk.bot_sends(address, "Hello")
    for sid in (f"SM{'1' * 32}", outbound["sid"]):
        answer = desk.bot_types(sid)
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize("query", [{"DateSent>": "yesterday"}, {"Page": "-1"}])
def test_a_bad_search_is_refused(desk: Desk, query: dict[str, str]) -> None:
    assert desk.rest("GET", "Messages.json", params=query).json()["code"] == 20001


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"from": "+15550000001"}, "no WhatsApp address"),
        ({"from": TO, "body": 7}, "'body' must be text"),
        ({"from": TO, "message_sid": "SM1"}, "'message_sid' must be"),
        ({"from": TO, "external_user_id": "US.1"}, "'external_user_id' is no"),
        ({"from": TO, "location": {"latitude": "north"}}, "'location' needs"),
        ({"from": TO, "extra": "{"}, "'extra' is no JSON"),
        ({"from": TO, "extra": [1]}, "'extra' must be a JSON object"),
        ({"from": TO, "body": "\ud800"}, "lone surrogate"),
        ([], "no JSON object"),
    ],
)
def test_what_no_phone_can_write_is_refused_with_a_sentence(
    desk: Desk, written: object, says: str
) -> None:
    answer = desk.phone("POST", "messages", json=written)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_other_host_names_are_refused(desk: Desk) -> None:
    answer = desk.phone("GET", "conversations", headers={"Host": "evil.example"})
    assert answer.status_code == 403


def test_pages_from_elsewhere_cannot_write(desk: Desk) -> None:
    for origin in ("https://evil.example", "null"):
        answer = desk.phone("DELETE", "faults", headers={"Origin": origin})
        assert answer.status_code == 403
    own = desk.phone("DELETE", "faults", headers={"Origin": desk.url})
    assert own.status_code == 200


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["events", "conversations", "faults"])
def test_pages_from_elsewhere_cannot_read_nor_hold_a_stream(
    desk: Desk, path: str, headers: dict[str, str]
) -> None:
    assert desk.phone("GET", path, headers=headers).status_code == 403


def test_pages_from_elsewhere_cannot_mark_messages_read(
    desk: Desk, address: str
) -> None:
    sid = desk.bot_sends(address, "Hello")["sid"]
    for headers in FOREIGN:
        shown = desk.phone("GET", f"conversations/{address}?page=1", headers=headers)
        assert shown.status_code == 403
    assert desk.bot_fetches(sid)["status"] != "read"


def test_the_own_page_reads_and_a_link_to_it_may_be_followed(desk: Desk) -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    assert desk.phone("GET", "conversations", headers=own).status_code == 200
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert desk.rest("GET", "/", auth=None, headers=followed).status_code == 200


def test_the_page_allows_nothing_from_elsewhere(desk: Desk) -> None:
    answer = desk.rest("GET", "/", auth=None)
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    assert "<script>" not in answer.text
