"""`bot stats` from the outside."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from psycopg.types.json import Jsonb

from bot.cli import main
from db.database import Database
from tests.db.queries.past_chats import add_transcript, answer, message
from tests.db.sql import change
from tests.house import ROOT

# A Python that has no matplotlib, as where it is not installed.
WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
from bot.cli import main
main()
"""


def bot(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["stats", *arguments], env={"DATABASE_URL": url})


def days() -> tuple[str, str]:
    now = datetime.now(UTC)
    return (now - timedelta(days=1)).date().isoformat(), now.date().isoformat()


@pytest.fixture
def told(database: Database) -> None:
    """Two chats of yesterday, one of today; each question has an answer."""
    for ago, count in ((1, 2), (0, 1)):
        at = datetime.now(UTC) - timedelta(days=ago)
        for seconds in range(1, count + 1):
            said = [message("Bread?", at), answer(at, seconds, 1000 * seconds)]
            add_transcript(database, said, at, "active")


@pytest.mark.usefixtures("told")
def test_a_table_tells_what_happened_by_day_and_in_all(database_url: str) -> None:
    yesterday, today = days()
    table = [
        line.split() for line in bot(database_url, "--days", "2").stdout.split("\n")
    ]
    assert " ".join(table[0]) == "3 users, 3 chats, 3 of them active"
    assert table[2][0] == "day"
    assert [" ".join(row) for row in table[3:6]] == [
        f"{yesterday} 2 2 2 2 3,000 1.50 s 1.95 s 1.99 s · · · · · · ·",
        f"{today} 1 1 1 1 1,000 1.00 s 1.00 s 1.00 s · · · · · · ·",
        "total 3 3 3 3 4,000 1.00 s 1.90 s 1.98 s · · · · · · ·",
    ]


@pytest.mark.usefixtures("told")
def test_labels_are_counted_by_kind_once_a_chat(
    database: Database, database_url: str
) -> None:
    assert "Labels" not in bot(database_url).stdout
    labels = {
        "tags": ["orders", "prices"], "detected_intent": "order", "resolved": False,
        "language": "es", "sentiment": "mixed", "department": "sales",
        "priority": None, "recap": {"text": "Bread."},
    }  # fmt: skip
    by_hand = {"tags": "orders", "resolved": "true", "language": {"es": 1}}
    for place, known in enumerate((labels, {**labels, "tags": ["orders"]}, by_hand)):
        change(
            database,
            "UPDATE userchats SET metadata = %(known)s WHERE chat_id = (SELECT chat_id"
            " FROM userchats ORDER BY created_at, chat_id OFFSET %(place)s LIMIT 1)",
            known=Jsonb(known),
            place=place,
        )
    lines = bot(database_url, "--days", "2").stdout.splitlines()
    assert lines[lines.index("Labels of chats:") + 1 :] == [
        "  topic       orders 2, prices 1",
        "  intent      order 2",
        "  sentiment   mixed 2",
        "  language    es 2",
        "  resolved    no 2, yes 1",
        "  department  sales 2",
    ]
    told = json.loads(bot(database_url, "--days", "2", "--json").stdout)
    assert told["labels"]["topic"] == {"orders": 2, "prices": 1}


@pytest.mark.usefixtures("told")
def test_the_table_begins_with_the_first_day_that_had_anything(
    database_url: str,
) -> None:
    lines = bot(database_url).stdout.splitlines()
    first = [line.split()[0] for line in lines[2:]]
    assert first == ["day", *days(), "total"]


def test_a_new_installation_is_told_in_a_sentence(
    database: Database, database_url: str
) -> None:
    zero = "0 users, 0 chats, 0 of them active"
    assert bot(database_url).stdout == f"{zero}\n\nNobody has written yet.\n"
    change(
        database,
        "INSERT INTO users (phone_number, created_at) VALUES ('ana', now() - "
        "interval '3 days')",
    )
    quiet = bot(database_url, "--days", "2").stdout
    assert quiet.endswith("Nothing happened in the last 2 days.\n")


@pytest.mark.usefixtures("told")
def test_the_same_for_programs(database_url: str) -> None:
    found = json.loads(bot(database_url, "--json", "--days", "7").stdout)
    assert (found["users"], found["all_chats"], found["active_chats"]) == (3, 3, 3)
    assert found["total"]["tokens"] == 4000
    assert found["days"][-1]["day"] == days()[1]
    assert [day["answers"] for day in found["days"]] == [0, 0, 0, 0, 0, 2, 1]
    assert found["days"][0]["p99_seconds"] is None


@pytest.mark.usefixtures("told")
def test_the_days_are_drawn_as_svg_and_as_png(
    database_url: str, tmp_path: Path
) -> None:
    svg, png = tmp_path / "days.svg", tmp_path / "days.PNG"
    for file in (svg, png):
        done = bot(database_url, "--days", "2", "--plot", str(file))
        assert done.exit_code == 0, done.output
        assert done.stderr == f"Drawn: {file}\n"
    assert "3 users" in done.stdout
    assert ElementTree.parse(svg).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    assert sorted(tmp_path.iterdir()) == sorted([svg, png])


def test_nothing_is_drawn_as_nothing(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "days.svg"
    assert bot(database_url, "--days", "400", "--plot", str(file)).exit_code == 0
    assert file.stat().st_size > 1000


def test_a_picture_that_cannot_be_is_refused_in_words(
    database_url: str, tmp_path: Path
) -> None:
    odd = bot(database_url, "--plot", str(tmp_path / "days.gif"))
    assert odd.stderr.endswith(
        "days.gif is no picture: its name has to end in .svg or .png\n"
    )
    nowhere = bot(database_url, "--plot", str(tmp_path / "no" / "days.svg"))
    assert nowhere.stderr.endswith("can't be written: No such file or directory\n")
    assert (odd.exit_code, nowhere.exit_code) == (1, 1)


def test_without_matplotlib_it_says_what_to_install(
    database_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", WITHOUT_MATPLOTLIB, "stats", "--plot"]
    done = subprocess.run(
        [*command, str(tmp_path / "days.svg")],
        env={"DATABASE_URL": database_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert (
        "drawing needs matplotlib: install it (pip install matplotlib)" in done.stderr
    )


def test_handoffs_and_how_soon_people_answered_are_told(
    database: Database, database_url: str
) -> None:
    change(database, """
        WITH ana AS (INSERT INTO users (phone_number) VALUES ('whatsapp:+1')
                     RETURNING user_id)
        INSERT INTO support_tickets (user_id, status, opened_at, first_response_at,
                                     resolved_at)
        SELECT user_id, 'resolved', opened, opened + first, opened + resolved
        FROM ana CROSS JOIN (SELECT now() - interval '1 minute' AS opened) AS at
        CROSS JOIN (VALUES
          (interval '1 second', interval '4 seconds'), ('3 seconds', NULL), (NULL, NULL)
        ) AS took (first, resolved)""")  # fmt: skip
    thumbs = "INSERT INTO feedback (user_id, rating) SELECT user_id, 1 FROM users"
    change(database, thumbs)
    told = json.loads(bot(database_url, "--json").stdout)["total"]
    assert (told["thumbs_up"], told["thumbs_down"]) == (1, 0)
    assert (told["handoffs"], told["to_first_answer"]) == (3, 2.0)
    assert told["to_resolution"] == 4.0
    total = bot(database_url).stdout.splitlines()[-1]
    assert " ".join(total.split()).endswith("3 2.0 s 4.0 s · 1 ·")
