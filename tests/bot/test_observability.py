"""Log lines: one JSON object each, about a message and a chat, without addresses."""

import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.observability import bound, configure_logging, mask
from tests.bot.log_lines import Log, logging_kept, recorded_log

NUMBER = "+15551230000"
USERNAME = "US.1A2B3C4D5E"
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]
HOSTILE_NAME = 'Ana\n{"level": "ERROR"}\r\nx\u2028y\u0085z\x1b[2J\ud800'


def refuse(why: str) -> None:
    raise LookupError(why)


@pytest.fixture
def told() -> Iterator[Log]:
    with recorded_log() as log:
        yield log


log = logging.getLogger("bot.tested")


def test_a_line_says_when_where_and_what(told: Log) -> None:
    log.warning("the %s is %s", "answer", 42, extra={"parts": 2})
    [line] = told.lines
    stamp = line.pop("time")
    assert line == {
        "level": "WARNING",
        "logger": "bot.tested",
        "message": "the answer is 42",
        "parts": 2,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    age = datetime.now(UTC) - datetime.fromisoformat(stamp)
    assert abs(age) < timedelta(minutes=1), "the time is UTC"


def test_bound_fields_are_on_every_line_inside_and_on_none_outside(
    told: Log,
) -> None:
    with bound(message_sid="SM1", chat_id="c1"):
        log.info("one")
        with bound(message_sid="SM2"):
            log.info("two")
        log.info("three")
    log.info("four")
    about = [(line.get("message_sid"), line.get("chat_id")) for line in told.lines]
    assert about == [("SM1", "c1"), ("SM2", "c1"), ("SM1", "c1"), (None, None)]


def test_what_a_line_says_itself_wins_over_what_is_bound(told: Log) -> None:
    with bound(chat_id="outer"):
        log.info("hi", extra={"chat_id": "inner"})
    assert told.lines[0]["chat_id"] == "inner"


def test_bound_fields_end_with_an_exception(told: Log) -> None:
    with pytest.raises(ValueError, match="boom"), bound(chat_id="c1"):
        raise ValueError("boom")
    log.info("after")
    assert "chat_id" not in told.lines[0]


def test_threads_bind_fields_of_their_own(told: Log) -> None:
    thread = threading.Thread(target=log.info, args=["from elsewhere"])
    with bound(chat_id="c1"):
        thread.start()
        thread.join()
    assert "chat_id" not in told.lines[0]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("whatsapp:+15551230000", "whatsapp:+15***00"),
        ("to +4915112345678.", "to +49***78."),
        ("To=whatsapp%3A%2B15551230000&x=1", "To=whatsapp%3A%2B15***00&x=1"),
        ("To=whatsapp%3a%2b15551230000", "To=whatsapp%3a%2b15***00"),
        ("+1234567", "+12***67"),
        ("+12345678901234567890", "+12***90"),
        (f"whatsapp:{USERNAME}", "whatsapp:US.***"),
        ("whatsapp:US.ENT.1A2B, and more", "whatsapp:US.ENT.***, and more"),
        ("whatsapp%3AUS.1A2B3C", "whatsapp%3AUS.***"),
        ("'whatsapp:15551230000'", "'whatsapp:***'"),
        ("whatsapp:us.abc", "whatsapp:***"),
        ("(whatsapp:US.12)(+15551230000)", "(whatsapp:US.***)(+15***00)"),
    ],
)
def test_addresses_are_masked_however_they_are_written(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "POST /webhooks/whatsapp 200",
        "SM01234567890123456789012345678901",
        "2026-11-22T09:00:00.123+0100",
        "1 + 15551230000 = 2",
        "whatsapp: see the README",
        "whatsapp:",
    ],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert mask(text) == text


def test_addresses_are_masked_wherever_they_stand_in_a_line(told: Log) -> None:
    address, other = f"whatsapp:{NUMBER}", f"whatsapp:{USERNAME}"
    with bound(address=address):
        try:
            refuse(f"nobody at {address}")
        except LookupError as error:
            nested = {address: [{"to": (other, address)}], "error": error}
            log.exception("for %s", address, extra={"nested": nested, "plain": other})
    [line] = told.lines
    text = json.dumps(line)
    assert "LookupError" in line["exc_info"]
    assert "test_observability.py" in line["exc_info"]
    assert NUMBER not in text
    assert "1A2B" not in text
    assert text.count("+15***00") == 6
    assert text.count("US.***") == 2


def test_a_hostile_name_can_forge_no_line(told: Log) -> None:
    log.info("hello %s", HOSTILE_NAME, extra={"profile_name": HOSTILE_NAME})
    assert told.text.count("\n") == 1
    assert told.text.isascii()
    [line] = told.lines
    assert line["level"] == "INFO"
    assert line["message"] == f"hello {HOSTILE_NAME}"
    assert line["profile_name"] == HOSTILE_NAME


def test_an_address_that_ends_in_an_escape_leaves_the_line_whole(told: Log) -> None:
    log.info('whatsapp:a"b\\c\n"d" whatsapp:\u00e9\ud800')
    assert told.lines[0]["message"].startswith("whatsapp:***")


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_makes_one_line_that_can_be_parsed(
    text: str, extra: dict[str, str]
) -> None:
    with recorded_log() as told:
        log.info("%s", text, extra={"given": extra})
    assert len(told.text.splitlines()) == 1
    assert told.lines[0]["logger"] == "bot.tested"


def test_values_of_any_type_make_a_line(told: Log) -> None:
    log.info("odd", extra={"a": object(), "b": {1, 2}, "c": b"\xff", "d": timedelta(1)})
    assert told.lines[0]["message"] == "odd"


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_holds_for_our_own_lines(level: str) -> None:
    with recorded_log(level) as told:
        for name in LEVELS:
            logging.getLogger("db.tested").log(getattr(logging, name), "hi")
    assert [line["level"] for line in told.lines] == LEVELS[LEVELS.index(level) :]


@pytest.mark.parametrize("name", ["twilio.http_client", "urllib3", "new"])
def test_libraries_tell_warnings_only_even_at_debug(told: Log, name: str) -> None:
    library = logging.getLogger(name)
    library.debug("Authorization: Bearer planted")
    library.info("GET /?To=planted")
    library.warning("a warning")
    assert told.messages == ["a warning"]


def test_gunicorns_lines_are_json_like_all_others() -> None:
    gunicorn, of_its_own = logging.getLogger("gunicorn.error"), StringIO()
    with logging_kept():
        gunicorn.addHandler(logging.StreamHandler(of_its_own))
        gunicorn.propagate = False
        with recorded_log() as told:
            gunicorn.error("a worker failed at whatsapp:%s", NUMBER)
    assert told.messages == ["a worker failed at whatsapp:+15***00"]
    assert of_its_own.getvalue() == ""


def test_configuring_twice_says_everything_once(told: Log) -> None:
    with redirect_stdout(StringIO()) as output:
        configure_logging("INFO")
    log.info("once")
    assert output.getvalue().count("once") == 1
    assert told.text == ""
