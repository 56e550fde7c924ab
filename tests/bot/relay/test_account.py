"""The settings of alerts, and what is said where one of them is wrong."""

import pytest

from bot.relay.account import MailServer
from bot.settings import Settings, SettingsError

MAIL = {"ALERT_EMAIL_FROM": "bot@example.com"}
HOOK = {"ALERT_WEBHOOK_SECRET": "a-long-random-word"}
BAD = [
    ("TWILIO_ALERT_CONTENT_SID", "HX12"),
    ("SMTP_URL", "mail.example.com:25"),
    ("SMTP_URL", "https://mail.example.com"),
    ("SMTP_URL", "smtps://u:p@mail.example.com/box"),
    ("SMTP_URL", "smtps://u:p@:465"),
    ("SMTP_URL", "smtps://u:p w@mail.example.com"),
    ("ALERT_EMAIL_FROM", "Bot <bot@example.com>"),
    ("ALERT_EMAIL_FROM", "olga"),
    ("ALERT_EMAILS", "a@example.com b@example.com"),
    ("ALERT_WEBHOOK_URL", "hooks.example.com"),
    ("ALERT_WEBHOOK_URL", "https://u:p@hooks.example.com"),
    ("ALERT_WEBHOOK_SECRET", "short"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_wrong_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**MAIL, **HOOK, name: value})
    assert set(caught.value.problems) == {name}
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("SMTP_URL", "smtps://mail.example.com", "ALERT_EMAIL_FROM"),
        ("ALERT_WEBHOOK_URL", "https://x.example", "ALERT_WEBHOOK_SECRET"),
    ],
)
def test_what_goes_with_it_is_asked_for(name: str, value: str, missing: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert caught.value.problems == {missing: "is missing"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtps://bot%40example.com:p%2Fw@mail.example.com",
            ("mail.example.com", 465, True, "bot@example.com", "p/w"),
        ),
        ("smtp://localhost:2525", ("localhost", 2525, False, None, None)),
    ],
)
def test_a_mail_server_is_read(url: str, server: tuple[object, ...]) -> None:
    names = ("host", "port", "is_tls", "user", "password")
    known = dict(zip(names, server, strict=True))
    roads = Settings.from_env({**MAIL, "SMTP_URL": url}).alert_roads
    assert roads.mail_server == MailServer(**known)  # type: ignore[arg-type]
    assert roads.channels == ("email",)


def test_all_together() -> None:
    settings = Settings.from_env(
        {
            **MAIL,
            **HOOK,
            "SMTP_URL": "smtps://mail.example.com",
            "ALERT_EMAILS": "a@example.com, b@example.com,",
            "ALERT_WEBHOOK_URL": "https://hooks.example.com/bot?key=1",
            "TWILIO_ALERT_CONTENT_SID": "HX" + "0a" * 16,
        }
    )
    assert settings.alert_roads.emails == ("a@example.com", "b@example.com")
    assert settings.describe()[-1] == "Alerts: WhatsApp by template, email, webhook"
