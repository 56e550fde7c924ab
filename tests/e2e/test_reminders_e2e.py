"""A reminder that survives a worker's death between being due and being said."""

from datetime import UTC, datetime, timedelta

from tests.bot.chat.acting.diner import asks
from tests.db.sql import appears, change, holding, opened, rows, waiting_backends
from tests.house import NewHouse
from tests.scripted_llm import Script

DUE = "UPDATE scheduled_messages SET say_at = now()"
# As it is deferred once a minute.
LOOK = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
VALUES ('upkeep', 'say_scheduled', 'say_scheduled', '{"timestamp": 0}')
"""
OVER = "DELETE FROM procrastinate_jobs WHERE task_name = 'say_scheduled'"
STATES = "SELECT state, text FROM scheduled_messages"


def test_a_reminder_is_said_once_though_its_worker_was_killed(
    new_house: NewHouse,
) -> None:
    when = f"{datetime.now(UTC) + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    with new_house(REMINDERS="on") as house:
        house.llm.always(Script(text="I shall."))
        house.llm.next(asks(("schedule_message", {"when": when, "text": "Bread"})))
        phone = house.phone()
        phone.says("Remind me of the bread")
        assert phone.hears() == ["I shall."]
        prompt = str(house.llm.prompts[0])
        assert "It is " in prompt
        with opened(house.database_url or "") as database:
            change(database, DUE)
            with holding(database, "SELECT FROM userchats FOR UPDATE"):
                change(database, LOOK)
                assert appears(lambda: waiting_backends(database))
                house.kill("worker")
            assert rows(database, STATES) == [("waiting", "Bread")]
            # The dead worker's look is taken over after a while: here another is due.
            change(database, OVER)
            change(database, LOOK)
            house.start_worker()
            assert phone.hears() == ["Your reminder: Bread"]
            assert phone.hears_nothing_more()
            assert rows(database, STATES) == [("said", "Bread")]
