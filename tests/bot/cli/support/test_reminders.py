"""`bot reminders list|cancel` from the outside."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from click.testing import CliRunner

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Scheduled
from db.tools.scheduled import Reminders
from tests.db.sql import rows, take_in
from tests.db.support.takeovers import find_user
from tests.records import ANA, BEN, said


def test_reminders_are_listed_and_canceled(
    database: Database, database_url: str, pg: PostgresChatStore
) -> None:
    def run(*words: str) -> str:
        env = {"DATABASE_URL": database_url}
        return CliRunner().invoke(main, ["reminders", *words], env=env).output

    ids = []
    for address, text in ((ANA, "Bread\x1b[31m"), (BEN, "Milk")):
        take_in(pg, said("Hi", address))
        new = Scheduled(
            scheduled_id=uuid4(), user_id=find_user(database, address),
            kind="reminder", text=text, say_at=datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip
        Reminders(database).plan(new, "a")
        ids.append(str(new.scheduled_id))
    listed = run("list")
    assert all(one[:8] in listed for one in ids)
    assert "\x1b" not in listed
    [bens] = json.loads(run("list", "--as", BEN, "--json"))
    assert (bens["text"], bens["scheduled_id"]) == ("Milk", ids[1])
    assert "nothing waits" in run("cancel", "zzz")
    assert "nothing waits" in run("cancel", " ")
    assert run("cancel", ids[1][:13]).startswith("Canceled: reminder Milk.")
    assert "nothing waits" in run("cancel", ids[1])
    done = "SELECT text, canceled_by FROM scheduled_messages WHERE state = 'canceled'"
    assert rows(database, done) == [("Milk", "operator")]
