"""The bot's own parts, played one message after the other, on PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from bot.settings import Settings, SettingsError
from bot.whatsapp.inbound import parse_inbound
from bot.wiring.senses import build_senses
from bot.wiring.worker import build_worker
from db.chats import PostgresChatStore
from db.database import Database
from db.queue.jobs import (
    ANSWER_CHAT,
    ERASE_PERSON,
    FIND_DUE_MEMORY,
    MEMORY_LOCK,
    REMEMBER,
    SEND_PARTS,
)
from tests.conversations.playing.messages import ACCOUNT, OURS
from tests.conversations.playing.servers import Model, Twilio, twilio
from tests.db.sql import change, opened, rows
from tests.speech_server import Told, speech_server

# The jobs of one talk; the others are about operators and documents.
PLAYED = (ANSWER_CHAT, SEND_PARTS, REMEMBER, ERASE_PERSON)
DUE = """
SELECT id, task_name, args, lock, attempts FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = ANY(%(played)s) AND id <> ALL(%(failed)s)
ORDER BY id LIMIT 1
"""
OF_OTHERS = (
    "DELETE FROM procrastinate_jobs WHERE task_name = %(name)s AND lock <> %(lock)s"
)
# A tool is called only by whoever has its answer's job in hand.
BEGIN = "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %(id)s"
MOST_JOBS = 100
# Every time that is kept, but for the queue's: that runs when it is told to.
TIMES = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
  AND data_type = 'timestamp with time zone' AND table_name NOT LIKE 'procrastinate%%'
GROUP BY table_name
"""
OF_TURNS = """
UPDATE userchats SET messages = (
  SELECT coalesce(jsonb_agg(jsonb_set(said, '{timestamp}', to_jsonb(
    (said ->> 'timestamp')::timestamptz - %(age)s::interval)) ORDER BY number), '[]')
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS each (said, number))
"""


@dataclass(slots=True)
class Stage:
    """One database and the servers outside, for one conversation after the other."""

    url: str
    database: Database
    folder: Path
    llm: Model
    twilio: Twilio
    speech: Told
    stopping: Event = field(default_factory=Event)
    told: Settings = field(init=False, repr=False)
    tasks: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def set(self, settings: Mapping[str, str]) -> None:
        """Build the worker anew, as these settings have it; nothing is left to do."""
        try:
            self.told = Settings.from_env({**self.usual(), **settings})
        except SettingsError as error:
            raise AssertionError(str(error)) from None
        queue = build_worker(self.told, self.stopping, self.database)
        self.tasks = queue.tasks
        change(self.database, "DELETE FROM procrastinate_jobs")
        self.llm.reset()
        self.twilio.media.clear()
        self.twilio.delivered.clear()
        self.twilio.spoken.clear()
        self.speech.answers.clear()
        self.speech.hears("Hello.")

    def can(self, needs: Iterable[str]) -> bool:
        """Tell whether something reads these kinds, such as document."""
        return build_senses(Settings.from_env(self.usual())).keys() >= set(needs)

    def usual(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "DATA_FOLDER": str(self.folder),
            "ERASURE_KEY": "e" * 64,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": "t" * 32,
            "TWILIO_WHATSAPP_NUMBER": OURS,
            "TWILIO_API_BASE_URL": self.twilio.url,
            "PUBLIC_BASE_URL": "https://bot.example",
            "OPENAI_BASE_URL": self.llm.base_url,
            "OPENAI_API_KEY": "sk-of-the-conversations",
            "SYSTEM_PROMPT": "You are the assistant of Miga, a bakery.",
            "TRANSCRIPTION_MODEL": "whisper",
            "TRANSCRIPTION_BASE_URL": f"http://127.0.0.1:{self.speech.port}/v1",
            "SPEECH_MODEL": "tts",
            "SPEECH_BASE_URL": f"{self.twilio.url}/v1",
            "ANSWER_QUIET_SECONDS": "0",
            "ANSWER_QUIET_MEDIA_SECONDS": "0",
        }

    def take_in(self, form: Mapping[str, str]) -> None:
        """Take a message in as the webhook does, its job with it."""
        store = PostgresChatStore(self.database, self.told.session_timeout)
        store.record_inbound(parse_inbound(form))

    def work(self) -> list[Exception]:
        """Do all jobs that are left; return why some are to be tried again."""
        failed: list[int] = []
        why: list[Exception] = []
        for _ in range(MOST_JOBS):
            played = list(PLAYED)
            due = rows(self.database, DUE, played=played, failed=failed)
            if not due:
                return why
            job_id, name, args, lock, attempts = due[0]
            job = SimpleNamespace(id=job_id, lock=lock, attempts=attempts)
            change(self.database, BEGIN, id=job_id)
            try:
                self._run(name, args, job)
                done = "DELETE FROM procrastinate_jobs WHERE id = %(id)s"
            except Exception as error:  # noqa: BLE001  (the queue tries again)
                failed.append(job_id)
                why.append(error)
                done = (
                    "UPDATE procrastinate_jobs SET status = 'todo',"
                    " attempts = attempts + 1 WHERE id = %(id)s"
                )
            change(self.database, done, id=job_id)
        raise AssertionError("the jobs have no end")

    def _run(self, name: str, args: Mapping[str, Any], job: SimpleNamespace) -> None:
        task = self.tasks[name]
        context = [SimpleNamespace(job=job)] if task.pass_context else []
        task.func(*context, **args)

    def look_for_memory(self, user_id: object) -> None:
        """Have what is due of one person be summed up and labelled next."""
        self.tasks[FIND_DUE_MEMORY].func(timestamp=0)
        lock = f"{MEMORY_LOCK}{user_id}"
        change(self.database, OF_OTHERS, name=REMEMBER, lock=lock)

    def pass_time(self, age: str) -> None:
        """Have all that is kept be that much older; nobody's code notices."""
        found = rows(self.database, TIMES)
        with self.database.transaction() as connection:
            connection.count("SET LOCAL session_replication_role = replica")
            for table, columns in found:
                older = ", ".join(f"{c} = {c} - %(age)s::interval" for c in columns)
                connection.count(f"UPDATE {table} SET {older}", {"age": age})  # noqa: S608
            connection.count(OF_TURNS, {"age": age})


@contextmanager
def stage(url: str, folder: Path) -> Iterator[Stage]:
    """Open a database and the servers; close all of them."""
    with ExitStack() as opening:
        yield Stage(
            url=url,
            database=opening.enter_context(opened(url)),
            folder=folder,
            llm=opening.enter_context(Model()),
            twilio=opening.enter_context(twilio()),
            speech=opening.enter_context(speech_server()),
        )
