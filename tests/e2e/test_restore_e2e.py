"""A backup is restored under the running bot: everybody is answered once."""

from tests.db.backups.kept import leaving_no_databases
from tests.db.sql import opened
from tests.house import NewHouse


def test_after_a_restore_the_bot_goes_on_and_says_nothing_twice(
    new_house: NewHouse,
) -> None:
    with (
        new_house() as house,
        opened(house.database_url or "") as database,
        leaving_no_databases(database),
    ):
        ana, ben = house.phone(), house.phone()
        ana.says("First")
        assert ana.hears() == ["You said: First"]
        assert house.bot("db", "backup", "mine").returncode == 0
        ana.says("Second")
        assert ana.hears() == ["You said: Second"]
        ben.says("I am new")
        assert ben.hears() == ["You said: I am new"]
        done = house.bot("db", "restore", "--yes", f"{house.folder}/backups/mine.dump")
        assert done.returncode == 0, done.stderr
        assert "2 messages will not be answered again" in done.stdout
        taken = house.bot("reconcile", "--hours", "1")
        assert taken.stdout == "Taken in: 0 (of the last 1 hours).\n"
        ana.says("Third")
        ben.says("And again")
        assert ana.hears() == ["You said: Third"]
        assert ben.hears() == ["You said: And again"]
        assert ana.hears_nothing_more()
        assert house.log("worker").count("the worker is ready") == 1
