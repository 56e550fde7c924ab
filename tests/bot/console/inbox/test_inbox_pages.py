"""The inbox as operators get it: its page, what a poll answers, what is refused."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from bot.console.inbox.routes import piece
from bot.console.operators import Operator
from db.chats import PostgresChatStore
from db.database import Database
from db.support.owners import change_owner
from tests.bot.console.conftest import add_operator, app_of, client_of
from tests.db.sql import change, load, take_in
from tests.records import BEN, said

TRICK = "<script>alert(1)</script>\u202egnp"


@pytest.fixture
def olga(database: Database) -> Operator:
    return add_operator(database, "supporter")


@pytest.fixture
def client(database: Database, olga: Operator) -> FlaskClient:
    return client_of(app_of(database, [piece()], [olga]), olga)


def waits(database: Database, pg: PostgresChatStore, **known: str) -> UUID:
    text = known.pop("text", "A person, please")
    user_id = load(pg, take_in(pg, said(text, **known))).user_id
    change_owner(database, user_id, "queue", operator=None, why="/human")
    return user_id


def version_in(page: str) -> str:
    return page.partition('data-version="')[2].partition('"')[0]


def test_who_waits_is_shown_with_how_many_in_the_title(
    client: FlaskClient, pg: PostgresChatStore, database: Database
) -> None:
    assert "Nobody waits for a person." in client.get("/").text
    waits(database, pg, profile_name="Ana")
    page = client.get("/").text
    assert "<title>(1) Inbox</title>" in page
    assert "A person, please" in page
    assert "/human" in page
    assert 'aria-current="page">Inbox' in page


def test_what_customers_wrote_acts_nowhere(
    client: FlaskClient, pg: PostgresChatStore, database: Database
) -> None:
    user_id = waits(database, pg, profile_name=TRICK, text=TRICK)
    told = "UPDATE support_tickets SET subject = %(t)s, labels = ARRAY[%(label)s]"
    change(database, told, t=TRICK, label=TRICK[:-4])
    change(database, "UPDATE users SET owner_reason = %(t)s WHERE user_id = %(u)s",
           t=TRICK, u=user_id)  # fmt: skip
    for path in ("/", "/?q=alert", f"/?label={TRICK}", f"/?q={TRICK}"):
        page = client.get(path).text
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_a_poll_answers_only_what_changed(
    client: FlaskClient, pg: PostgresChatStore, database: Database
) -> None:
    page = client.get("/").text
    since = version_in(page)
    polled = client.get(f"/inbox/poll?since={since}")
    # A version lasts half a minute at most; one may have ended just now.
    assert polled.status_code in {200, 204}
    waits(database, pg)
    polled = client.get(f"/inbox/poll?since={since}")
    assert polled.status_code == 200
    assert "<html" not in polled.text
    assert "A person, please" in polled.text
    assert 'data-title="(1) Inbox"' in polled.text
    assert version_in(polled.text) not in {"", since}


def test_words_find_messages_and_it_is_audited(
    pg: PostgresChatStore, database: Database, olga: Operator, client: FlaskClient
) -> None:
    take_in(pg, said("Where is my sourdough?", profile_name="Ana"))
    closed = take_in(pg, said("My sourdough was stale", BEN, profile_name="Ben"))
    change(database, "UPDATE userchats SET is_active = false WHERE chat_id = %(c)s",
           c=closed)  # fmt: skip
    found = client.get("/?q=sourdough").text
    assert "<mark>sourdough</mark>" in found
    assert "stale" not in found
    admin = add_operator(database, "admin", "Ada")
    sees_all = client_of(app_of(database, [piece()], [admin]), admin)
    assert "stale" in sees_all.get("/?q=sourdough").text
    audited = "SELECT actor_id FROM audit_log WHERE action = 'searched' ORDER BY id"
    assert database.column(audited) == [olga.user_id, admin.user_id]


@pytest.mark.parametrize(
    "asked",
    [
        "state=everything", "assignee=me", "after=x", "after=1~2~3",
        "after=0~2026-01-01~x", "after=99~2026-01-01T00:00:00Z~x",
        "state=queue&after=0~2026-01-01T00:00:00Z~x",
        "state=resolved&after=0~2026-01-01T00:00:00Z~9999999999999999999999",
    ],
)  # fmt: skip
def test_what_nobody_could_have_clicked_is_refused_in_words(
    client: FlaskClient, asked: str
) -> None:
    refused = client.get(f"/?{asked}")
    assert refused.status_code == 400
    assert "<h1>That could not be understood</h1>" in refused.text


def test_nul_and_half_characters_are_looked_for_like_others(
    client: FlaskClient,
) -> None:
    assert client.get("/?q=a%00b&label=%00").status_code == 200
    assert client.get("/?q=%ED%A0%80").status_code == 200
    assert client.get("/?label=%00").status_code == 200


def test_strangers_and_users_get_nothing(database: Database) -> None:
    nobody = add_operator(database, "user", "Ulla")
    app = app_of(database, [piece()], [nobody])
    assert client_of(app, nobody).get("/").status_code == 403
    assert client_of(app, nobody).get("/inbox/poll").status_code == 403
