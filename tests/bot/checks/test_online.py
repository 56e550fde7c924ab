"""`bot settings check --online`: what the database, the LLM and Twilio say of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from bot.checks.online import NOBODY, ONLY_IN_WINDOW
from bot.checks.report import RIGHT, UNFIT
from bot.cli import main
from db import schema
from db.database import Database
from tests.bot.checks.account_of_twilio import (
    CALLED,
    KEY,
    NUMBER,
    SERVICE,
    SID,
    AccountOfTwilio,
    account_of_twilio,
)
from tests.db.sql import change
from tests.scripted_llm import Script, ScriptedLLM

CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_WHATSAPP_NUMBER": NUMBER,
    "PUBLIC_BASE_URL": "https://bot.example.com",
}
WITH_KEY = {"TWILIO_API_KEY_SID": KEY, "TWILIO_API_KEY_SECRET": "a-secret"}
WITH_SERVICE = {"TWILIO_MESSAGING_SERVICE_SID": SERVICE}
SENDERS = "/v2/Channels/Senders"
OPERATOR = """
INSERT INTO users (phone_number, role) VALUES ('whatsapp:+15551230009', 'admin')
"""
ELSEWHERE = "https://old.example.com/webhooks/whatsapp"


@pytest.fixture
def twilio() -> Iterator[AccountOfTwilio]:
    with account_of_twilio() as account:
        yield account


def check(**environment: str) -> tuple[bool, list[str]]:
    """Return whether all was well, and what was printed."""
    command = ["settings", "check", "--online"]
    ended = CliRunner().invoke(main, command, env=environment)
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert "planted" not in ended.output
    assert "a-token" not in ended.output
    lines = ended.stdout.splitlines()
    assert (lines[0] == RIGHT) == (ended.exit_code == 0)
    return ended.exit_code == 0, lines


def ask(twilio: AccountOfTwilio, **more: str) -> tuple[bool, str]:
    environment = {**CREDENTIALS, "TWILIO_API_BASE_URL": twilio.url, **more}
    good, lines = check(**environment)
    marks = ("fits: ", "DOES NOT FIT: ", "can't be told: ")
    return good, "\n".join(line for line in lines if line.startswith(marks))


@pytest.mark.parametrize("more", [{}, WITH_KEY, WITH_SERVICE])
def test_what_fits_is_told(twilio: AccountOfTwilio, more: dict[str, str]) -> None:
    good, told = ask(twilio, **more)
    assert good
    assert "fits: TWILIO_AUTH_TOKEN: Twilio takes it; the account is active" in told
    assert "fits: TWILIO_WHATSAPP_NUMBER: it is the account's sender" in told
    assert "webhook" in told
    assert "NOT" not in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"TWILIO_AUTH_TOKEN": "planted"}, "TWILIO_AUTH_TOKEN: Twilio refuses the cr"),
        ({"TWILIO_AUTH_TOKEN": "planted,a-token"}, "TWILIO_AUTH_TOKEN, number 1: "),
        ({"TWILIO_AUTH_TOKEN": "a-token,planted"}, "TWILIO_AUTH_TOKEN, number 2: "),
        ({"TWILIO_ACCOUNT_SID": "AC" + "1" * 32}, "TWILIO_AUTH_TOKEN: Twilio refuses"),
        (WITH_KEY | {"TWILIO_API_KEY_SECRET": "planted"}, "TWILIO_API_KEY_SID: Twilio"),
        ({"TWILIO_WHATSAPP_NUMBER": "whatsapp:+15550002222"},
         "the account has none of its 1 WhatsApp senders with this number"),
        ({"TWILIO_MESSAGING_SERVICE_SID": "MG" + "1" * 32}, "Twilio does not know it"),
        ({"PUBLIC_BASE_URL": "https://new.example.com"},
         "is https://bot.example.com/webhooks/whatsapp (POST): it must be https://new."),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_is_named(
    twilio: AccountOfTwilio, more: dict[str, str], told: str
) -> None:
    good, found = ask(twilio, **more)
    assert not good
    (line,) = [line for line in found.splitlines() if told in line]
    assert line.startswith("DOES NOT FIT: ")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": "suspended"}, "the account is suspended"),
        ({"senders": []}, "the account has no sender with this number"),
        ({"sender_status": "OFFLINE"}, "it is the account's sender, and OFFLINE"),
        ({"webhook": None}, f"{NUMBER} is not set: it must be {CALLED}"),
        ({"webhook": {"callback_url": ELSEWHERE}}, f"{NUMBER} is {ELSEWHERE} (POST)"),
        ({"webhook": {"callback_url": CALLED, "callback_method": "PUT"}}, "(PUT): it"),
    ],
)
def test_what_twilio_has_otherwise_is_told(
    twilio: AccountOfTwilio, changed: dict[str, Any], told: str
) -> None:
    for name, value in changed.items():
        setattr(twilio, name, value)
    good, found = ask(twilio)
    assert not good
    assert told in found


def test_a_service_has_a_webhook_of_its_own_unless_it_says_otherwise(
    twilio: AccountOfTwilio,
) -> None:
    twilio.webhook = {"callback_url": ELSEWHERE}
    assert ask(twilio, **WITH_SERVICE)[0]  # the sender's does not count
    twilio.service["use_inbound_webhook_on_number"] = True
    good, told = ask(twilio, **WITH_SERVICE)
    assert not good
    assert f"the webhook of {NUMBER} is {ELSEWHERE}" in told
    twilio.service = {"inbound_request_url": None}
    twilio.in_service = []
    good, told = ask(twilio, **WITH_SERVICE)
    assert not good
    assert "the Messaging Service's webhook is not set" in told
    assert f"it does not have {NUMBER} among its senders" in told


def test_a_webhook_without_overrides_fits_and_could_be_better(
    twilio: AccountOfTwilio,
) -> None:
    twilio.webhook["callback_url"] = CALLED.partition("#")[0]
    good, told = ask(twilio)
    assert good
    assert "with #rc=3&rp=all Twilio would try again" in told


def test_of_the_sandbox_it_says_what_to_look_at(twilio: AccountOfTwilio) -> None:
    good, told = ask(twilio, TWILIO_WHATSAPP_NUMBER="whatsapp:+14155238886")
    assert good
    (line,) = [line for line in told.splitlines() if "sandbox" in line]
    assert line.startswith("can't be told: ")
    assert CALLED in line


def test_what_may_not_be_asked_is_no_fault(twilio: AccountOfTwilio) -> None:
    twilio.refused[SENDERS] = 403
    good, told = ask(twilio)
    assert good
    assert "can't be told: TWILIO_WHATSAPP_NUMBER: Twilio refuses" in told


def test_a_twilio_that_is_away_is_told() -> None:
    away = {**CREDENTIALS, "TWILIO_API_BASE_URL": "http://127.0.0.1:9"}
    good, lines = check(**away)
    assert not good
    told = "Twilio can't be reached (NewConnectionError): check the network"
    assert told in "".join(lines)


def test_the_llm_is_asked_for_one_token() -> None:
    with ScriptedLLM() as llm:
        environment = {"OPENAI_BASE_URL": llm.base_url, "OPENAI_API_KEY": "planted"}
        assert check(**environment)[0]
        assert llm.requests[-1].body["max_tokens"] == 1
        llm.always(Script(status=401))
        good, lines = check(**environment)
    assert not good
    assert lines[0] == UNFIT
    assert "DOES NOT FIT: OPENAI_...: The LLM's server answered 401" in "".join(lines)
    assert "check OPENAI_API_KEY" in "".join(lines)


def test_an_llm_whose_reasoning_takes_the_token_answers_all_the_same() -> None:
    with ScriptedLLM() as llm:
        llm.always(Script(text="", finish_reason="length"))
        assert check(OPENAI_BASE_URL=llm.base_url)[0]


def test_what_the_llm_teaches_is_told_of_tools_where_there_are_any() -> None:
    with ScriptedLLM() as llm:
        llm.next(Script(status=400, body="m does not support tools"))
        _, lines = check(OPENAI_BASE_URL=llm.base_url, BOT_TOOLS="tests.bot.tools.shop")
        assert [len(one.body.get("tools", ())) for one in llm.requests] == [1, 0]
    told = "fits: OPENAI_...: the LLM answers; it calls tools by tagged text"
    assert told in lines


def test_the_database_is_asked_for_its_migration(
    database: Database, database_url: str
) -> None:
    good, lines = check(DATABASE_URL=database_url)
    assert not good
    assert f"DOES NOT FIT: {NOBODY}" in lines
    change(database, OPERATOR)
    good, lines = check(DATABASE_URL=database_url)
    assert good
    assert f"fits: DATABASE_URL: reachable, at migration {schema.head()}" in lines
    assert "fits: alerts: one operator can be told on WhatsApp" in lines
    assert f"can't be told: {ONLY_IN_WINDOW}" in lines
    hook = {
        "ALERT_WEBHOOK_URL": "http://127.0.0.1:9/",
        "ALERT_WEBHOOK_SECRET": "s" * 16,
    }
    assert not any(
        "can't" in line for line in check(DATABASE_URL=database_url, **hook)[1]
    )
    schema.downgrade(database, "0011")
    good, lines = check(DATABASE_URL=database_url)
    assert not good
    assert "run `bot db upgrade`" in "".join(lines)
    good, lines = check(DATABASE_URL=f"{database_url}_none")
    assert "the server has no database of that name" in "".join(lines)


def test_what_is_not_configured_is_not_asked() -> None:
    good, lines = check()
    assert good
    assert not any("fits: " in line for line in lines)
