"""`bot cases`: collected from what happened, added by hand, changed, exported."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli import main
from bot.evaluation.cases.files import read_folder
from bot.knowledge.answers import compose_answer
from db.chats import PostgresChatStore
from db.database import Database
from db.evaluation.cases.keeping import NewCase, keep_case
from db.knowledge.gaps import answer_gap
from db.privacy.erasure import erase_person
from db.records import Gap, HandOver
from tests.bot.cli.evaluation.judged.lived import correct, judge_down, talk
from tests.db.sql import change, load, rows, take_in, value, values
from tests.db.support.takeovers import add_operator, reply_to, says
from tests.records import ANA, BEN, answer_to, said

KEPT = "SELECT made_from, question, said, expects FROM cases ORDER BY id"


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def bot(url: str, *arguments: str) -> Result:
    env = {"DATABASE_URL": url}
    return CliRunner().invoke(main, ["cases", *arguments], env=env)


def test_what_happened_becomes_cases_once(
    url: str, database: Database, pg: PostgresChatStore
) -> None:
    talk(pg, "Hi", "Hello")
    wrong = talk(pg, "What does rye bread cost?", "It is 3 euros.")
    judge_down(database, wrong)
    correct(database, wrong, "What does rye bread cost?", "It costs 4.20 euros.")
    judge_down(database, talk(pg, "Are you nice?", "No."))
    ask = Gap("Is there parking?", ("parking",))
    talk(pg, "Is there parking?", "I don't know.", gap=ask)
    talk(pg, "Do you ship?", "I don't know.", gap=Gap("Do you ship?", ("ship",)))
    gap_id = value(database, "SELECT min(id) FROM knowledge_gaps")
    compose = partial(compose_answer, "Yes, behind the bakery.")
    answer_gap(database, gap_id, None, compose)
    told = bot(url, "collect")
    assert told.exit_code == 0, told.output
    counted = "".join(line.split()[0] for line in told.stdout.splitlines())
    assert counted == "1210"
    assert sorted(rows(database, KEPT)) == sorted([
        ("correction", "What does rye bread cost?", "It is 3 euros.",
         {"numbers": ["4.20 euros"], "source": ["What does rye bread cost?"],
          "again": False}),
        ("gap", "Is there parking?", "I don't know.",
         {"must": ["/\\bbehi/", "/\\bbake/"], "source": ["Is there parking?"],
          "again": False}),
        ("gap", "Do you ship?", "I don't know.", {"known": True}),
        ("thumb", "Are you nice?", "No.", {"again": False}),
    ])  # fmt: skip


def test_nothing_becomes_a_case_twice_or_from_before(
    url: str, database: Database, pg: PostgresChatStore
) -> None:
    judge_down(database, talk(pg, "Are you nice?", "No."))
    assert bot(url, "collect").stdout.splitlines()[2].startswith("    1")
    again = bot(url, "collect")
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["0"] * 4
    change(database, "DELETE FROM cases")
    change(database, "UPDATE feedback SET created_at = now() - interval '3 days'")
    assert bot(url, "collect", "--since", "2d").exit_code == 0
    assert rows(database, KEPT) == []


def test_what_a_person_took_over_is_a_case_and_the_rest_of_their_talk_is_none(
    url: str, database: Database, pg: PostgresChatStore
) -> None:
    olga = add_operator(database)
    asked = said("How long does a cake for 80 people take?")
    chat_id = take_in(pg, asked)
    passed_on = answer_to(asked, text="A person answers.")
    passed_on = replace(
        passed_on,
        hands_over=HandOver(reason="asked"),
        turn=replace(passed_on.turn, hands_over="asked"),
    )
    assert pg.record_reply(chat_id, passed_on)
    ana = load(pg, chat_id).user_id
    says(database, reply_to(ana, "It takes until 9:30.", "x", author_id=olga))
    take_in(pg, said("And one for 90?"))
    says(database, reply_to(ana, "Until 10:30, too.", "x", author_id=olga))
    assert bot(url, "collect").exit_code == 0
    assert rows(database, KEPT) == [
        (
            "takeover",
            "How long does a cake for 80 people take?",
            "A person answers.",
            {"numbers": ["9:30"]},
        )
    ]
    assert values(database, "SELECT created_by FROM cases") == [olga]
    assert erase_person(database, olga, b"k" * 32)
    assert values(database, "SELECT created_by FROM cases") == [None]


def test_a_case_by_hand_is_listed_and_shown(
    url: str, database: Database, pg: PostgresChatStore
) -> None:
    first = talk(pg, "Hi \x1b[2J\u202ethere", "Hello")
    talk(pg, "What does rye bread cost?", "3 euros.")
    told = bot(
        url, "add", str(first.reference_id), "--must", "hello", "--must-not", "/\\d/",
        "--number", "4.20 €", "--source", "Prices", "--tool", 'stock:{"sku": 1}',
        "--language", "en", "--longest", "80", "--messages", "1", "--not-again",
        "--not-known", "--keeps", "--judge", "Is kind.", "--note", "See it.",
    )  # fmt: skip
    assert told.stdout == "Case 1: Hi \ufffd[2J\ufffdthere\n", told.output
    assert value(database, "SELECT expects FROM cases") == {
        "must": ["hello"], "must_not": ["/\\d/"], "numbers": ["4.20 €"],
        "source": ["Prices"], "tool": [{"name": "stock", "arguments": {"sku": 1}}],
        "language": "en", "longest": 80, "messages": 1, "again": False,
        "known": False, "hands_over": False, "judge": ["Is kind."],
    }  # fmt: skip
    assert "hello" in bot(url, "list").stdout
    shown = bot(url, "show", "1").stdout
    assert "\x1b" not in shown
    assert "The bot said: Hello" in shown
    assert "  longest: 80" in shown


def test_a_case_is_changed_laid_aside_and_taken_back(
    url: str, database: Database
) -> None:
    assert bot(url, "add", "--ask", "Hi", "--must", "hello").exit_code == 0
    assert bot(url, "edit", "1", "--must", "bye").exit_code == 0
    assert value(database, "SELECT expects FROM cases") == {"must": ["bye"]}
    assert bot(url, "dismiss", "1").exit_code == 0
    assert "There is no case" in bot(url, "list").stderr
    (listed,) = json.loads(bot(url, "list", "--all", "--json").stdout)
    assert listed["state"] == "dismissed"
    assert bot(url, "restore", "1").exit_code == 0
    assert json.loads(bot(url, "show", "1", "--json").stdout)["state"] == "kept"


def test_what_was_said_until_then_is_kept_and_no_more(
    url: str, database: Database, pg: PostgresChatStore
) -> None:
    talk(pg, "Hi", "Hello")
    told = talk(pg, "And rye?", "4.20 euros")
    talk(pg, "Thanks", "Bye")
    bot(url, "add", told.chat_id, "--must", "bye")
    bot(url, "add", str(told.reference_id), "--must", "rye")
    first, second = values(database, "SELECT turns FROM cases ORDER BY id")
    assert [turn["content"] for turn in second] == ["Hi", "Hello", "And rye?"]
    assert len(first) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add"], "Name an answer, or --ask a question."),
        (["add", "x", "--ask", "y"], "Name an answer, or --ask a question."),
        (["add", "--ask", "y"], "say what the answer must have"),
        (["add", "--ask", "y", "--not-again"], "--not-again needs an answer"),
        (["add", "--ask", "y", "--must", "/(/"], "--must: /(/ is no pattern"),
        (["add", "--ask", "y", "--number", "lots"], "--number: 'lots' must be one"),
        (["add", "--ask", "y", "--tool", "t:x"], "--tool: behind NAME:"),
        (["add", "--ask", "y", "--language", "xx"], "--language: must be one of"),
        (["add", "dead", "--must", "x"], "no chat_id begins with dead"),
        (["edit", "7", "--must", "x"], "there is no case 7"),
        (["edit", "7"], "say what the answer must have"),
        (["show", "7"], "there is no case 7"),
        (["dismiss", "7"], "there is no case 7"),
    ],
)
def test_what_can_not_be_done_is_told(
    url: str, arguments: list[str], told: str
) -> None:
    run = bot(url, *arguments)
    assert run.exit_code in {1, 2}
    assert told in run.stderr


def test_who_was_erased_meanwhile_gets_no_case(
    database: Database, pg: PostgresChatStore
) -> None:
    told = talk(pg, "Hi", "Hello")
    assert erase_person(database, told.user_id, b"k" * 32)
    new = NewCase(
        made_from="hand", question="Hi", turns=[], expects={}, user_id=told.user_id
    )
    with database.transaction() as connection:
        assert keep_case(connection, new) is None


def test_an_export_has_no_person_and_is_read_back(
    url: str, database: Database, pg: PostgresChatStore, tmp_path: Path
) -> None:
    talk(pg, "Hi Quux", "Hello")
    words = "I am Ana from Mill Lane 12, ana@web.example, +34 600 123456. Price?"
    one = talk(pg, words, "Dear Ana Silva, 4.20 €.", ANA)
    other = talk(pg, "My name is Benno Quux. Is Ana there?", "Who?", BEN)
    for told in (one, other):
        bot(url, "add", str(told.reference_id), "--must", "Silva", "--number", "4.20 €")
    folder = tmp_path / "cases"
    run = bot(url, "export", str(folder))
    assert run.exit_code == 0, run.output
    texts = [file.read_text() for file in sorted(folder.glob("*.yaml"))]
    for secret in ("Ana", "Silva", "Mill Lane", "web.example", "600", "Benno", "Quux"):
        assert all(secret not in text for text in texts), secret
    first, second = read_folder(folder)
    assert first.label == "case-1"
    name = first.question.split()[2]
    assert name in second.question
    assert first.expects.numbers == ("4.20 €",)
    assert first.expects.must != ("Silva",)
    # Whoever tells a name in the last case is nobody in the first one, too.
    assert first.situation.chat.turns[0].content == "Hi Person1"
    review = (folder / "replaced.review.txt").read_text()
    assert "email: ana@web.example -> person1@example.com" in review
    assert "Quux" not in str(yaml.safe_load(texts[1]))
    assert "replaced.review.txt" in (folder / ".gitignore").read_text()
    assert "has cases already" in bot(url, "export", str(folder)).stderr


def test_an_export_beside_other_files_leaves_them(url: str, tmp_path: Path) -> None:
    """As where somebody says `bot cases export .` in their code."""
    bot(url, "add", "--ask", "Hi", "--must", "hello")
    ignored = tmp_path / ".gitignore"
    ignored.write_text(".env\nsecrets/")
    assert bot(url, "export", str(tmp_path)).exit_code == 0
    lines = ignored.read_text().splitlines()
    assert lines[:2] == [".env", "secrets/"]
    assert lines[-1] == "replaced.review.txt"


def test_more_cases_than_a_folder_may_hold_are_not_exported(
    url: str, database: Database, tmp_path: Path
) -> None:
    bot(url, "add", "--ask", "Hi", "--must", "hello")
    many = """
        INSERT INTO cases (made_from, question, turns, expects)
        SELECT 'hand', question, turns, expects FROM cases, generate_series(1, 2000)
    """
    change(database, many)
    run = bot(url, "export", str(tmp_path / "cases"))
    assert run.exit_code == 1
    assert "more cases than a folder may hold" in run.stderr


def test_a_question_that_no_database_can_hold_is_kept_as_it_can(
    url: str, database: Database
) -> None:
    """As where a terminal does not speak UTF-8."""
    run = bot(url, "add", "--ask", "Do you sell caf\udce9?", "--must", "yes")
    assert run.exit_code == 0, run.output
    assert value(database, "SELECT question FROM cases") == "Do you sell caf\ufffd?"
