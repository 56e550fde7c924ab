"""The pages of proposals: looked for, read, applied, undone, dismissed."""

import re

import pytest
from flask.testing import FlaskClient

from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.console.pages import HOSTILE, assert_harmless, audited, console_for
from tests.bot.console.pages import of_knowledge as piece
from tests.db.evaluation.proposals.happening import Business
from tests.db.sql import rows, value, values
from tests.records import BEN

AT = "/knowledge/proposals"
PARK = "Can I park at your shop?"
SEEN = re.compile(r'name="seen" value="([^"]*)"')
RULES = "SELECT text, is_reworded FROM prompt_rules"


@pytest.fixture
def business(database: Database, pg: PostgresChatStore) -> Business:
    return Business(database, pg)


def seen(client: FlaskClient, page: str) -> str:
    """Return what a page says which wording it shows."""
    found = SEEN.search(client.get(page).text)
    assert found
    return found[1]


def test_only_who_may_teach_sees_and_applies(
    database: Database, business: Business
) -> None:
    business.miss(PARK)
    business.find()
    client, _ = console_for(database, "supporter", piece())
    one = f"{AT}/{business.proposed().proposal_id}"
    assert {client.get(path).status_code for path in (AT, one)} == {403}
    for what in ("apply", "undo", "dismiss"):
        assert client.post(f"{one}/{what}", data={"text": "Yes."}).status_code == 403
    assert client.post(AT).status_code == 403
    assert audited(database) == []


def test_what_is_found_is_applied_and_undone_by_a_click(
    database: Database, business: Business
) -> None:
    business.miss(PARK)
    business.tell("Yes, behind the house.")
    client, olga = console_for(database, "admin", piece())
    assert client.post(AT).status_code == 303
    assert PARK in client.get(AT).text
    one = f"{AT}/{business.proposed().proposal_id}"
    page = client.get(one).text
    assert "I don&#39;t know." in page
    assert "No replay has judged it" in page
    told = {"title": PARK, "text": "Yes, behind the house.", "seen": seen(client, one)}
    assert client.post(f"{one}/apply", data=told).status_code == 303
    applied = business.proposed()
    assert (applied.state, applied.is_reworded) == ("applied", False)
    assert value(database, "SELECT applied_by FROM proposals") == olga.user_id
    assert f"document {applied.document_id}" in client.get(one).text
    assert client.post(f"{one}/undo").status_code == 303
    assert values(database, "SELECT id FROM documents") == []
    assert client.post(f"{one}/dismiss").status_code == 303
    assert PARK not in client.get(AT).text
    assert PARK in client.get(f"{AT}?all=on").text
    assert [action for action, *_ in audited(database)] == [
        "proposals looked for", "proposal applied", "proposal undone",
        "proposal dismissed",
    ]  # fmt: skip
    assert PARK not in str(audited(database))


def test_what_can_not_be_applied_is_shown_again(
    database: Database, business: Business
) -> None:
    business.miss(PARK)
    business.find()
    client, _ = console_for(database, "admin", piece())
    one = f"{AT}/{business.proposed().proposal_id}"
    told = {"title": "Parking?", "text": " ", "seen": seen(client, one)}
    answer = client.post(f"{one}/apply", data=told)
    assert answer.status_code == 409
    assert "say the answer" in answer.text
    assert 'value="Parking?"' in answer.text
    assert client.post(f"{one}/undo").status_code == 409
    assert client.get(f"{AT}/{2**70}").status_code == 404


def test_a_rule_is_an_operators_if_they_worded_it(
    database: Database, business: Business
) -> None:
    business.judge(business.ask("Hm?", "No."), "rude")
    business.judge(business.ask("Hm?", "No.", BEN), "rude", BEN)
    business.find()
    client, _ = console_for(database, "admin", piece())
    rule = next(one for one in business.proposals() if one.kind == "rule")
    one = f"{AT}/{rule.proposal_id}"
    told = {"text": "Be kind.", "seen": seen(client, one)}
    assert client.post(f"{one}/apply", data=told).status_code == 303
    assert rows(database, RULES) == [("Be kind.", True)]


def test_what_changed_since_the_page_was_shown_is_shown_again(
    database: Database, business: Business
) -> None:
    business.miss(PARK)
    business.tell("Yes, behind the house.")
    business.find()
    client, _ = console_for(database, "admin", piece())
    one = f"{AT}/{business.proposed().proposal_id}"
    shown = {
        "title": PARK, "text": "Yes, behind the house.", "seen": seen(client, one),
    }  # fmt: skip
    business.miss(PARK, BEN)
    business.tell("No, not any more.", BEN)
    business.find()
    answer = client.post(f"{one}/apply", data=shown)
    assert answer.status_code == 409
    assert "something else by now" in answer.text
    assert "No, not any more.</textarea>" in answer.text
    assert values(database, "SELECT id FROM documents") == []


def test_words_of_others_do_nothing_on_the_pages(
    database: Database, business: Business
) -> None:
    business.miss(f"Can I park {HOSTILE}")
    business.tell(HOSTILE)
    business.find()
    client, _ = console_for(database, "admin", piece())
    for path in (AT, f"{AT}/{business.proposed().proposal_id}"):
        page = client.get(path).text
        assert_harmless(page)
        assert "\u202e" not in page
