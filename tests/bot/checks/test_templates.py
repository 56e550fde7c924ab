"""Templates as Twilio knows them, held against what the settings say of them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner

from bot.checks.templates import check_templates
from bot.cli import main
from bot.settings import Settings
from bot.simulator.content.choices import CONTENT_SIDS
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.templates.account import text_in
from bot.whatsapp.templates.content import NotAskedError, find_template, list_templates
from tests.bot.simulator.desk import (
    ACCOUNT,
    KEY_SECRET,
    KEY_SID,
    NUMBER,
    Desk,
    desk_at,
)

ENGLISH, GERMAN, ALERT, CONSOLE = (f"HX{number:032x}" for number in range(101, 105))
ALERT_TEXT = (
    "A customer waits for a person: {{1}} ({{2}}). Last words: {{3}} (ticket {{4}}). "
    "Reply to this message, and it goes to them."
)
CONSOLE_TEXT = "Hello {{1}}, it is ready."
GOOD = {
    ENGLISH: {"body": text_in("en")},
    GERMAN: {"body": text_in("de"), "language": "de"},
    ALERT: {"body": ALERT_TEXT},
    CONSOLE: {"body": CONSOLE_TEXT},
}
SET = {
    "TWILIO_FALLBACK_CONTENT_SID": f"{ENGLISH}, de={GERMAN}",
    "TWILIO_ALERT_CONTENT_SID": ALERT,
    "CONSOLE_TEMPLATES": json.dumps(
        [{"content_sid": CONSOLE, "title": "Ready", "text": CONSOLE_TEXT}]
    ),
}


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with desk_at("http://127.0.0.1:9/none") as desk:
        yield desk


@pytest.fixture
def twilio(desk: Desk) -> TwilioAccount:
    desk.phone("DELETE", "faults")
    return TwilioAccount(
        account_sid=ACCOUNT,
        auth_tokens=("0" * 32,),
        whatsapp_number=NUMBER,
        api_key_sid=KEY_SID,
        api_key_secret=KEY_SECRET,
        api_base_url=desk.url,
    )


def owns(desk: Desk, **changed: Mapping[str, str]) -> None:
    """Have the account own the good templates, but for what is changed."""
    told = {sid: {**made, **changed.get(sid, {})} for sid, made in GOOD.items()}
    listed = [{"sid": sid, **made} for sid, made in told.items()]
    assert desk.phone("PUT", "templates", json=listed).ok


def checked(twilio: TwilioAccount) -> list[tuple[str, bool | None]]:
    settings = Settings.from_env(SET)
    findings = check_templates(settings, partial(find_template, twilio))
    return [(each.text, each.fits) for each in findings]


def test_what_is_approved_and_says_what_it_must_fits(
    desk: Desk, twilio: TwilioAccount
) -> None:
    owns(desk)
    found = checked(twilio)
    assert [fits for _, fits in found] == [True] * 4
    assert "something waits (de)" in found[1][0]


@pytest.mark.parametrize(
    ("sid", "changed", "told"),
    [
        (ENGLISH, {"status": "paused"}, "WhatsApp has it as paused"),
        (
            GERMAN,
            {"status": "rejected", "rejection_reason": "TAG_CONTENT_MISMATCH"},
            "rejected (TAG_CONTENT_MISMATCH)",
        ),
        (GERMAN, {"language": "en"}, "its language is en, not de"),
        (ENGLISH, {"category": "MARKETING"}, "have it approved as UTILITY"),
        (ENGLISH, {"body": "Hi there."}, "its text is another"),
        (CONSOLE, {"body": "Hello, it is ready."}, "its variables are none, not 1"),
        (CONSOLE, {"body": "{{1}}, it is ready."}, "begins or ends with a variable"),
        (
            CONSOLE,
            {"body": "Hello {{1}} {{1}}, it is ready."},
            "two variables have no word between them",
        ),
    ],
)
def test_what_can_t_be_used_is_told(
    desk: Desk, twilio: TwilioAccount, sid: str, changed: dict[str, str], told: str
) -> None:
    owns(desk, **{sid: changed})
    bad = [text for text, fits in checked(twilio) if fits is False]
    assert len(bad) == 1
    assert told in bad[0]
    assert sid in bad[0]


def test_what_is_told_of_a_template_forges_no_line_and_has_an_end(
    desk: Desk, twilio: TwilioAccount
) -> None:
    forged = "no\nfits: all of it\u202e" + "x" * 9000
    owns(desk, **{GERMAN: {"status": "rejected", "rejection_reason": forged}})
    [bad] = [text for text, fits in checked(twilio) if fits is False]
    assert "rejected (no" in bad
    assert "\n" not in bad
    assert "\u202e" not in bad
    assert len(bad) < 600


CHOICES = {"TWILIO_CHOICES_CONTENT_SIDS": ",".join(
    f"{number}={sid}" for number, sid in CONTENT_SIDS.items()
)}  # fmt: skip


def test_choices_to_tap_need_no_approval(desk: Desk, twilio: TwilioAccount) -> None:
    desk.phone("PUT", "templates", json=[])
    found = [
        *check_templates(Settings.from_env(CHOICES), partial(find_template, twilio))
    ]
    assert [each.fits for each in found] == [True] * 9
    assert str(found[0]).endswith(f"2 choices, {CONTENT_SIDS[2]}: twilio/quick-reply")
    assert str(found[-1]).endswith(
        f"10 choices, {CONTENT_SIDS[10]}: twilio/list-picker"
    )


@pytest.mark.parametrize(
    ("number", "changed", "told"),
    [
        (2, {"kind": "twilio/text"}, "it is twilio/text, not twilio/quick-reply"),
        (4, {"kind": "twilio/quick-reply"}, "not twilio/list-picker"),
        (2, {"choices": [("{{2}}", "{{3}}")]}, "it has 1 choices, not 2"),
        (2, {"body": "Which?"}, "where it must have {{1}}"),
        (2, {"choices": [("{{2}}", "{{3}}"), ("{{4}}", "x")]}, "must have {{5}}"),
        (4, {"opens": "Choose"}, "must have {{10}}"),
    ],
)
def test_choices_that_would_not_be_shown_are_told(
    desk: Desk, twilio: TwilioAccount, number: int, changed: dict[str, Any], told: str
) -> None:
    desk.phone("PUT", "templates", json=[])
    found = find_template(twilio, CONTENT_SIDS[number])
    assert found
    settings = Settings.from_env(
        {"TWILIO_CHOICES_CONTENT_SIDS": f"{number}={CONTENT_SIDS[number]}"}
    )
    [finding] = check_templates(settings, lambda _: replace(found, **changed))
    assert finding.fits is False
    assert told in finding.text


def test_what_the_account_has_not_is_told(desk: Desk, twilio: TwilioAccount) -> None:
    desk.phone("PUT", "templates", json=[])
    found = checked(twilio)
    assert [fits for _, fits in found] == [False] * 4
    assert "this account has no such template" in found[0][0]


def test_where_twilio_can_t_be_asked_nothing_is_told_of_them(
    desk: Desk, twilio: TwilioAccount
) -> None:
    owns(desk)
    desk.phone("PUT", "faults", json=[{"on": "content", "kind": "500"}])
    [(text, fits)] = checked(twilio)
    assert fits is None
    assert "can't be asked about templates: Twilio said 500" in text
    desk.phone("PUT", "faults", json=[{"on": "content", "kind": "401"}])
    with pytest.raises(NotAskedError):
        list_templates(twilio)


def test_all_pages_are_listed(desk: Desk, twilio: TwilioAccount) -> None:
    many = [{"sid": f"HX{n:032x}", "body": f"Text {n}."} for n in range(130)]
    desk.phone("PUT", "templates", json=many)
    found = list_templates(twilio)
    assert [each.body for each in found] == [each["body"] for each in many]
    assert {each.status for each in found} == {"approved"}


def test_the_commands(
    desk: Desk, twilio: TwilioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    owns(desk, **{ENGLISH: {"status": "paused"}})
    account = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "0" * 32,
        "TWILIO_WHATSAPP_NUMBER": NUMBER,
        "TWILIO_API_KEY_SID": KEY_SID,
        "TWILIO_API_KEY_SECRET": KEY_SECRET,
        "TWILIO_API_BASE_URL": str(twilio.api_base_url),
    }
    for name, value in {**account, **SET}.items():
        monkeypatch.setenv(name, value)
    run = CliRunner().invoke(main, ["templates", "check"])
    assert run.exit_code == 1, run.output
    assert run.output.count("DOES NOT FIT") == 1
    run = CliRunner().invoke(main, ["templates", "list", "--json"])
    listed = {each["content_sid"]: each for each in json.loads(run.output)}
    assert listed[ENGLISH]["status"] == "paused"
    assert listed[CONSOLE]["used_for"] == ["console: Ready"]
    run = CliRunner().invoke(main, ["templates", "list"])
    assert "something waits (de)" in run.output
