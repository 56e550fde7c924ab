"""`bot knowledge gaps` and `ask` from the outside."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap
from tests.db.knowledge.storing import store
from tests.db.sql import take_in, value
from tests.records import ANA, answer_to, said

QUESTION = "Can I \x1b[2J\u202epark?"


@pytest.fixture
def url(database_url: str, pg: PostgresChatStore) -> str:
    message = said(QUESTION)
    reply = answer_to(message, gap=Gap(QUESTION, ("park",)))
    assert pg.record_reply(take_in(pg, message), reply)
    return database_url


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["knowledge", *arguments], env={"DATABASE_URL": url}
    )


def test_gaps_are_listed_answered_and_listed_no_more(
    url: str, database: Database
) -> None:
    gap_id = str(value(database, "SELECT id FROM knowledge_gaps"))
    listed = run(url, "gaps").output
    assert listed.splitlines()[0].split() == [
        "gap", "times", "people", "first", "last", "document", "question",
    ]  # fmt: skip
    assert "Can I \ufffd[2J\ufffdpark?" in listed
    done = run(url, "gaps", "--gap", gap_id, "--answer", "Yes.")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert "These are a person's words" in done.stderr
    again = ("gaps", "--gap", gap_id, "--answer", "No.", "--question", "Parking?")
    told = json.loads(run(url, *again, "--json").output)
    document_id = value(database, "SELECT id FROM documents")
    assert told == {
        "gap_id": int(gap_id), "question": "Parking?", "document_id": document_id,
    }  # fmt: skip
    assert value(database, "SELECT chunk_text FROM document_chunks") == "Parking?\nNo."
    assert "No question has met a gap that is open." in run(url, "gaps").stderr
    (gap,) = json.loads(run(url, "gaps", "--all", "--json").output)
    assert (gap["question"], gap["is_open"]) == (QUESTION, False)
    assert gap["answered_by"] == told["document_id"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--answer", "Yes."], "--answer and --gap go together"),
        (["--gap", "1"], "--answer and --gap go together"),
        (["--question", "Parking?"], "--question needs --answer"),
        (["--gap", "99", "--answer", "Yes."], "there is no gap 99"),
        (["--gap", "1", "--answer", " "], "the answer is empty"),
        (["--gap", "1", "--answer", "y" * 4001], "has 4001 characters"),
    ],
)
def test_what_is_wrong_is_told(url: str, arguments: list[str], told: str) -> None:
    done = run(url, "gaps", *arguments)
    assert done.exit_code != 0
    assert told in done.output


def test_asking_shows_what_is_found(url: str) -> None:
    for known in ([], ["--as", ANA]):
        assert run(url, "ask", "Can I park?", *known).output == "Nothing was found.\n"
    told = json.loads(run(url, "ask", "Can I park?", "--json").output)
    assert told == {"question": "Can I park?", "passages": [], "terms": [],
                    "is_whole": False, "confidence": None,
                    "given": None}  # fmt: skip
    assert "nobody has the address" in run(url, "ask", "?", "--as", "+1999").output


def test_asking_shows_what_the_llm_would_be_given(url: str, database: Database) -> None:
    store(database, "Parking: behind the house, for two hours.")
    shown = run(url, "ask", "Is there parking?").output
    [source, *_, last] = shown.splitlines()
    assert source.startswith("[1] ")
    assert "score 1.00" in source
    assert "| Parking: behind the house, for two hours." in shown
    assert last.strip() == "Is there parking?"
    unknown = run(url, "ask", "Do you mend bicycles?", "--json").output
    assert "Do you mend bicycles?" in json.loads(unknown)["given"]
