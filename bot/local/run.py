"""`bot run`: the whole bot on one machine, whatever of it is not configured included.

PostgreSQL, a small local model and a stand-in for Twilio are started where no real
one is configured; web, worker and console run exactly as in production.
"""

import logging
import os
import secrets
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import click

from bot.environment import PROJECT, load_environment
from bot.local import announcing, console, demo_business, embeddings
from bot.local.account import as_environment, read_or_make_account
from bot.local.demo import shop
from bot.local.model import MODEL_NAME, url_of, wait_until_ready
from bot.local.probes import HOST, find_free_port, is_free, says
from bot.local.serving import StopSignal, environment_of
from bot.local.supervisor import Child, Family
from bot.media.senses.telling import tell_hearing, tell_sight
from bot.settings import Settings
from bot.whatsapp.paths import INBOUND_PATH
from bot.wiring.looks import ONE_LOOK
from db import schema
from db.access.shell import find_psql
from db.address import pgpass_line
from db.database import Database
from db.embedded.server import EmbeddedPostgres, was_killed
from db.errors import OperatorError
from db.files import make_private_folder, write_whole

# The local model holds 2048 tokens a conversation, answer included, rambles, never
# names a source, and sums nothing up.
FOR_THE_LOCAL_MODEL = {
    "PROMPT_TOKEN_BUDGET": "1200",
    "LLM_MAX_TOKENS": "80",
    "KNOWLEDGE_QUOTE_UNCITED": "on",
    "MEMORY": "off",
}
START_SECONDS = 60.0
WATCH_SECONDS = 0.25
# Ten seconds in all: first what works on messages, then what it needs.
STOP_WORK_SECONDS = 6.5
STOP_REST_SECONDS = 2.0
AFTER_A_KILL = (
    "The last run was killed before it could stop. What it acknowledged is not lost:"
    "\nPostgreSQL recovers, and the worker goes on where it was. `bot db status` shows"
    " how it is."
)


class RunError(OperatorError):
    """The bot can't start here; the text says what to do."""


class Run:
    """One run of the bot, from the first process to the last."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_folder
        given = load_environment(os.environ, PROJECT / ".env")
        self._given = {k: v for k, v in given.items() if v.strip()}
        self._environment = dict(self._given)
        self._family = Family()
        self._postgres: EmbeddedPostgres | None = None
        self._model_url: str | None = None
        self._in_memory = settings.in_memory
        self._knows_demo = False
        self._stopping = StopSignal()

    def run(self) -> None:
        """Start everything, watch over it until a signal, stop everything.

        Raises RunError, and EmbeddedPostgresError.
        """
        self._stopping.heed()
        self._check_ports()
        make_private_folder(self._folder)
        try:
            if self._brings_its_database():
                self._claim_folder()
            self._start()
            while not self._stopping.wait(WATCH_SECONDS):
                if self._postgres:
                    self._postgres.start()  # nothing, unless it died
                self._family.watch()
        finally:
            self._end()

    def _brings_its_database(self) -> bool:
        return not self._in_memory and self._settings.database_url is None

    def _claim_folder(self) -> None:
        """Find out at once if another process runs PostgreSQL there; keep it out."""
        killed = was_killed(self._folder)
        self._postgres = EmbeddedPostgres(self._folder)
        self._postgres.claim()
        if killed:
            click.echo(AFTER_A_KILL)

    def _check_ports(self) -> None:
        wanted = {"PORT": self._settings.port}
        if self._settings.twilio is None:
            wanted["SIMULATOR_PORT"] = self._settings.simulator_port
        if not self._in_memory:
            wanted["CONSOLE_PORT"] = self._settings.console_port
        for name, port in wanted.items():
            if not is_free(port):
                raise RunError(
                    f"Port {port} is taken: stop what listens there (perhaps another "
                    f"`bot run`), or choose another port: {name}={port + 100} make run"
                )

    def _start(self) -> None:
        """Start one after the other, and no more once somebody wants to stop."""
        steps = [self._start_model, self._start_embeddings]
        if self._settings.twilio is None:
            steps.append(self._start_simulator)
        if not self._in_memory:
            steps.append(self._start_database)
        steps += [self._start_bot, self._wait_for_all, self._tell]
        for step in steps:
            if not self._stopping.is_set():
                step()

    def _start_bot(self) -> None:
        click.echo("Starting the bot ...")
        announcing.announce(self._folder, self._given, self._environment)
        self._family.add(self._child("web", "web", "--host", HOST, "--warned"))
        if not self._in_memory:
            worker = self._child("worker", "worker", "--warned")
            # It would go on for seconds, and write over the shell's prompt.
            worker.orphaned = signal.SIGKILL
            self._family.add(worker)
            self._family.add(console.child_of(self._settings, self._environment))

    def _wait_for_all(self) -> None:
        ready = f"http://{HOST}:{self._settings.port}/readyz"
        self._wait_for(ready, "the web process", b"ready\n")
        if not self._in_memory:
            ready = f"http://{HOST}:{self._settings.console_port}/readyz"
            self._wait_for(ready, "the console", b"ready\n")
        if self._model_url:
            key = self._environment["OPENAI_API_KEY"]
            try:
                wait_until_ready(self._model_url, START_SECONDS, key, self._stopping)
            except TimeoutError:
                log_file = self._folder / "model.log"
                raise RunError(f"the model did not start: see {log_file}") from None

    def _child(self, name: str, *arguments: str, own_log: bool = False) -> Child:
        file = self._folder / f"{name}.log" if own_log else None
        return Child(name, ["bot", *arguments], dict(self._environment), file)

    def _start_model(self) -> None:
        if self._settings.llm is not None:
            return
        port = find_free_port()
        url, key = url_of(port), secrets.token_urlsafe(24)
        click.echo(
            f"No LLM is configured: answers come from {MODEL_NAME}, a toy model on this"
            " machine.\nIt shows that everything works, and knows next to nothing. Set"
            " OPENAI_API_KEY (or\nOPENAI_BASE_URL) and OPENAI_MODEL for a real one."
        )
        module = ["bot.local.model", "--port", str(port), "--die-with-parent"]
        known = environment_of(self._environment, OPENAI_API_KEY=key)
        self._family.add(Child("model", module, known, self._folder / "model.log"))
        asked = {"OPENAI_BASE_URL": url, "OPENAI_MODEL": MODEL_NAME}
        self._environment |= {"OPENAI_API_KEY": key, **asked}
        self._environment = FOR_THE_LOCAL_MODEL | self._environment
        self._model_url = url

    def _start_embeddings(self) -> None:
        """Serve vectors, where nothing is configured; nobody waits until it does."""
        if self._settings.embeddings is not None or self._in_memory:
            return
        if not embeddings.is_installed():
            click.echo("No embeddings on this machine: documents are found by words.")
            return
        port, key = find_free_port(), secrets.token_urlsafe(24)
        known = environment_of(self._environment, EMBEDDING_API_KEY=key)
        module = ["bot.local.embeddings", "--port", str(port), "--die-with-parent"]
        file = self._folder / "embeddings.log"
        self._family.add(Child("embeddings", module, known, file))
        served = embeddings.announce(self._folder, port, key)
        asked = {"EMBEDDING_BASE_URL": served.base_url, "EMBEDDING_MODEL": served.model}
        self._environment |= {"EMBEDDING_API_KEY": key, **asked}

    def _start_simulator(self) -> None:
        click.echo("Starting the simulator ...")
        account = read_or_make_account(self._folder, self._settings.simulator_port)
        self._family.add(self._child("simulator", "simulator", own_log=True))
        self._environment |= as_environment(account)
        self._wait_for(f"{account.api_base_url}/healthz", "the simulator")

    def _start_database(self) -> None:
        """Provide a database; an own one that is migrated is left as it is."""
        url = self._settings.database_url
        if url is None:
            url = self._start_postgres()
        elif self._is_migrated(url):
            return
        with closing(Database(url, ONE_LOOK)) as database:
            schema.upgrade(database)
            if self._postgres:
                self._knows_demo = demo_business.take_in(database, self._folder)
        if self._knows_demo and shop.is_wanted(self._settings):
            self._environment |= shop.open_shop(url, self._folder)

    def _start_postgres(self) -> str:
        postgres = self._postgres = self._postgres or EmbeddedPostgres(self._folder)
        is_new = not postgres.cluster.exists()
        first = ", for the first time: some seconds" if is_new else ""
        click.echo(f"Starting PostgreSQL{first} ...")
        postgres.start()
        write_whole(self._folder / "pgpass", pgpass_line(postgres.url))
        self._environment["DATABASE_URL"] = postgres.url
        self._environment.setdefault("REMINDERS", "on")  # whoever tries it can try it
        return postgres.url

    def _is_migrated(self, url: str) -> bool:
        """Tell whether a database is; raise OperatorError if it is so differently."""
        with closing(Database(url, ONE_LOOK)) as database:
            if schema.read_current(database) is None:
                return False
            schema.require_current(database)
            return True

    def _wait_for(self, url: str, what: str, word: bytes = b"") -> None:
        """Wait until something says a word there: another program may listen, too."""
        deadline = time.monotonic() + START_SECONDS
        while not self._stopping.is_set() and not says(url, word):
            if time.monotonic() > deadline:
                raise RunError(f"{what} did not start: see its lines above")
            self._stopping.wait(0.05)

    def _tell(self) -> None:
        settings = self._settings
        lines = ["The bot is running. Ctrl-C stops it."]
        if settings.twilio is None:
            chat = f"http://{HOST}:{settings.simulator_port}/"
            lines.append(f"  Simulator  {chat}  (a stand-in for Twilio: chat here)")
        lines.append(f"  Webhook    {settings.public_base_url}{INBOUND_PATH}")
        if not self._in_memory:
            own = self._postgres.url if self._postgres else None
            lines.append(console.line_about(settings, own))
            lines.append(f"  Database   {self._psql_line()}")
            lines.append(f"  Voice      {tell_hearing(settings.transcription)}")
            lines.append(f"  Pictures   {tell_sight(settings.llm)}")
        if self._knows_demo:
            lines.append(demo_business.HOW_TO_ASK)
        if "BOT_SQL_TOOLS" in self._environment and shop.is_wanted(settings):
            lines.append(shop.HOW_TO_TRY)
        click.echo("\n".join(lines))

    def _psql_line(self) -> str:
        if self._postgres is None:
            return f"{Path(sys.executable).parent / 'bot'} db shell"
        return (
            f"PGPASSFILE='{self._folder / 'pgpass'}' '{find_psql()}' -h {HOST}"
            f" -p {self._postgres.port} -U bot whatsapp_bot"
        )

    def _end(self) -> None:
        self._family.stop(["web", "worker", "console"], STOP_WORK_SECONDS)
        self._family.stop(["simulator", "model", "embeddings"], STOP_REST_SECONDS)
        for word in (announcing.ANNOUNCED, embeddings.ANNOUNCED, shop.ANNOUNCED):
            (self._folder / word).unlink(missing_ok=True)
        if self._postgres:
            self._postgres.stop()


def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM."""
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    Run(settings).run()
