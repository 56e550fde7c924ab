"""What holds for all pages of these areas, whichever they are."""

import pytest
from flask.testing import FlaskClient

from bot.console.numbers.routes import piece as of_numbers
from bot.console.people.routes import piece as of_people
from bot.console.permissions import needed_by
from bot.console.settings.routes import piece as of_settings
from db.database import Database
from tests.bot.console.pages import audited, console_for, of_knowledge

AREAS = {"people", "knowledge", "numbers", "settings"}
ANYBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def client(database: Database) -> FlaskClient:
    """A super_admin's browser, of which the forged-form check is on."""
    pieces = (of_people(), of_knowledge(), of_numbers(), of_settings())
    client, _ = console_for(database, "super_admin", *pieces)
    client.application.config["WTF_CSRF_ENABLED"] = True
    return client


def paths(client: FlaskClient, method: str) -> list[str]:
    values = {"user_id": ANYBODY, "document_id": 1, "gap_id": 1, "canned_id": 1}
    values["number"] = 1
    found = []
    with client.application.test_request_context():
        adapter = client.application.url_map.bind("127.0.0.1:8002")
        for rule in client.application.url_map.iter_rules():
            area = rule.endpoint.partition(".")[0]
            if area in AREAS and method in (rule.methods or ()):
                mine = {name: values[name] for name in rule.arguments}
                found.append(adapter.build(rule.endpoint, mine, method))
    return found


def test_nothing_is_changed_by_a_form_of_another_site(
    client: FlaskClient, database: Database
) -> None:
    writes = paths(client, "POST")
    assert len(writes) >= 15
    for path in writes:
        sent = {"email": "a@b.example", "role": "admin", "typed": "x", "title": "x"}
        assert client.post(path, data={**sent, "body": "x"}).status_code == 400, path
        foreign = {"Origin": "https://evil.example"}
        assert client.post(path, data=sent, headers=foreign).status_code == 403, path
        assert client.put(path).status_code in {400, 405}, path
    assert audited(database) == []


def test_every_page_says_what_it_needs_and_has_a_form_with_a_token(
    client: FlaskClient,
) -> None:
    for name, view in client.application.view_functions.items():
        assert name.partition(".")[0] not in AREAS or needed_by(view), name
    for path in paths(client, "GET"):
        page = client.get(path)
        assert page.status_code in {200, 404}, path
        posts = page.text.count('method="post"')
        assert page.text.count('name="csrf_token"') == posts, path
        assert "style=" not in page.text
        assert "<script>" not in page.text
        assert "onclick" not in page.text
