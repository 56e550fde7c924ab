"""The same by e-mail and webhook: signed, bounded, noted when it failed."""

import hmac
import json
from dataclasses import replace
from uuid import UUID

import pytest

from bot.relay.account import AlertRoads
from bot.relay.alerts import Alerts
from bot.relay.announcement import Announcement, NotAnnouncedError
from bot.relay.announcing import Announcing
from bot.relay.mail import send_mail, write_mail
from bot.relay.webhook import post_webhook
from tests.bot.log_lines import recorded_log
from tests.bot.relay.office import Office, Person
from tests.bot.relay.smtp_server import DRIPS, Mailbox, mail_server
from tests.db import sql
from tests.listening import Request, Response, answering

SECRET = "a-long-random-word"
JOBS = """
SELECT args ->> 'channel' FROM procrastinate_jobs WHERE task_name = 'announce'
ORDER BY id
"""
EVENTS = """
SELECT body FROM support_messages WHERE kind = 'event' AND body <> 'queued' ORDER BY id
"""
TOLD = Announcement(
    id=UUID(int=7),
    event="waits",
    ticket=17,
    user_id=UUID(int=8),
    name="Ana",
    why="asked for a person",
    words="Wo ist der K\u00e4se?",
    to=("one@example.com", "two@example.com"),
)


def by_mail(mailbox: Mailbox, **more: object) -> AlertRoads:
    roads = AlertRoads(mail_server=mailbox.server, mail_from="bot@example.com")
    return replace(roads, **more)  # type: ignore[arg-type]


def test_an_event_is_announced_once_and_words_are_not(
    office: Office, ana: Person, olga: Person
) -> None:
    roads = AlertRoads(webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET)
    alerts = Alerts(office.database, roads)
    office.queue(ana)
    for _ in range(2):
        alerts.tell(ana.user_id)
    ana.says("Hello?")
    office.pass_seconds(60)
    assert alerts.tell(ana.user_id) == 1
    assert sql.values(office.database, JOBS) == ["webhook"]
    assert sql.values(office.database, EVENTS) == ["alerted"]


def test_an_email_says_who_waits_and_little_more(office: Office, ana: Person) -> None:
    office.operator("Olga", 9001)
    statement = "UPDATE users SET email = 'olga@example.com' WHERE role <> 'user'"
    sql.change(office.database, statement)
    ana.says("Word " * 100)
    office.queue(ana)
    with mail_server() as mailbox:
        announcing = Announcing(office.database, by_mail(mailbox))
        assert announcing.announce(ana.user_id, "email", is_last=False)
        [mail] = mailbox.mails
    assert mail["To"] == "olga@example.com"
    assert mail["Subject"] == f"[#{office.ticket_of(ana)}] Ana: waits for a person"
    assert len(str(mail.get_payload())) < 400
    office.change_owner(ana, "bot")
    assert not announcing.announce(ana.user_id, "email", is_last=False), "it is over"


def test_a_mail_is_one_message_that_can_be_known_again() -> None:
    with mail_server() as mailbox:
        for _ in range(2):
            send_mail(by_mail(mailbox), TOLD)
    one, two = mailbox.mails
    assert one["Message-ID"] == two["Message-ID"]
    assert mailbox.heard[0] == "ehlo example.com", "the machine's name is not told"
    to = [line for line in mailbox.heard if line.upper().startswith("RCPT")]
    assert len(to) == 4
    written = write_mail("bot@example.com", replace(TOLD, name="A: B"))
    assert written["Subject"] == "[#17] A: B: waits for a person"
    assert "K\u00e4se" in written.get_content()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"hello": "554 no"}, "refused it (554)"),
        ({"MAIL": "550 planted"}, "refused it (550)"),
        ({"RCPT": "550 planted"}, "refused all addresses"),
        ({"DATA": "451 planted"}, "refused it (451)"),
        ({"hello": "no server of mail"}, "refused it (-1)"),
    ],
)
def test_what_a_mail_server_refuses_is_told_in_our_words(
    answers: dict[str, str], why: str
) -> None:
    with mail_server(**answers) as mailbox, pytest.raises(NotAnnouncedError) as error:
        send_mail(by_mail(mailbox), TOLD)
    assert why in str(error.value)
    assert "planted" not in str(error.value)


def test_a_mail_server_that_never_ends_a_line_is_left() -> None:
    with mail_server(hello=DRIPS) as mailbox, pytest.raises(NotAnnouncedError):
        send_mail(by_mail(mailbox), TOLD, seconds=0.5)


def test_a_webhook_is_signed() -> None:
    came: list[Request] = []

    def answer(request: Request) -> Response:
        came.append(request)
        return Response(204, "")

    with answering(answer) as url:
        roads = AlertRoads(webhook_url=f"{url}/hook?a=b", webhook_secret=SECRET)
        post_webhook(roads, TOLD)
    [request] = came
    assert (request.method, request.path) == ("POST", "/hook?a=b")
    assert json.loads(request.body) == {
        "id": str(UUID(int=7)),
        "event": "waits",
        "ticket": 17,
        "user_id": str(UUID(int=8)),
        "name": "Ana",
        "why": "asked for a person",
        "words": "Wo ist der K\u00e4se?",
    }
    stamp, digest = request.headers["X-Bot-Signature"].split(",")
    signed = stamp.removeprefix("t=").encode() + b"." + request.body
    expected = hmac.new(SECRET.encode(), signed, "sha256").hexdigest()
    assert digest == f"sha256={expected}"


def test_what_failed_for_good_stands_in_the_ticket(office: Office, ana: Person) -> None:
    ana.says("My planted words")
    office.queue(ana)
    with answering(lambda _: Response(500, "planted")) as url, recorded_log() as log:
        roads = AlertRoads(webhook_url=url, webhook_secret=SECRET)
        announcing = Announcing(office.database, roads)
        with pytest.raises(NotAnnouncedError):
            announcing.announce(ana.user_id, "webhook", is_last=False)
        assert sql.values(office.database, EVENTS) == []
        for _ in range(2):
            assert not announcing.announce(ana.user_id, "webhook", is_last=True)
    assert sql.values(office.database, EVENTS) == ["webhook failed"]
    assert [line["level"] for line in log.lines] == ["ERROR"] * 2
    assert "planted" not in log.text


def test_an_email_without_addresses_is_noted(office: Office, ana: Person) -> None:
    office.queue(ana)
    announcing = Announcing(office.database, by_mail(Mailbox(9)))
    assert not announcing.announce(ana.user_id, "email", is_last=True)
    query = "SELECT details ->> 'why' FROM support_messages WHERE body = 'email failed'"
    assert "ALERT_EMAILS" in sql.value(office.database, query)
