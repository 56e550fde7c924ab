"""No secret in a log, an answer or a metric, however much goes wrong at once."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import make_url

from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.bot.whatsapp.twilio_calls import INBOUND, STATUS, TOKEN, text_form
from tests.conftest import new_database, run_on_server
from tests.db.sql import PATIENT, grow_old, opened, values
from tests.hostile.conftest import NUMBER, PLANTED
from tests.hostile.processes import NEXT_TOKEN, BotProcess, WebProcess
from tests.hostile.quoting_twilio import QuotingTwilio
from tests.hostile.raw_http import build, post
from tests.house import PATIENCE, eventually
from tests.listening import answering
from tests.ports import free_port
from tests.scripted_llm import Script, ScriptedLLM

LLM_KEY = "sk-planted-key-of-the-llm"
API_KEY = "SK" + "0c" * 16
API_SECRET = "planted-secret-of-the-api-key"
PASSWORD = "planted-password"
SENDER = "+15557654321"
USERNAME = "whatsapp:US.1A2B3C4D5E"
CHUNK = f"{TOKEN}\r\n\r\n".encode()
BAD_REQUESTS = [
    build("GET", "/readyz"),
    build("GET", "/metrics"),
    build("GET", f"/{TOKEN}?{TOKEN}"),
    build("DELETE", INBOUND),
    post(text_form(PLANTED), signature=TOKEN),
    post(text_form(PLANTED, From=TOKEN)),
    post(text_form(PLANTED * 20_000)),
    post(text_form(MessageStatus=f"<{API_SECRET}>"), STATUS),
    post(text_form(), headers=[("X-A", f"{TOKEN}\x00")]),
    post(text_form(), headers=[("Transfer-Encoding", "chunked")], body=CHUNK),
]


@dataclass
class Told:
    """All that the bot let out."""

    answers: str
    output: str
    readiness: str

    @property
    def everything(self) -> str:
        return self.answers + self.output + self.readiness

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.split("\n") if line]


@pytest.fixture(scope="module")
def told(
    postgres: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Run all of the bot against an LLM, a Twilio and a database that refuse it."""
    folder = tmp_path_factory.mktemp("secrets")
    template = f"TEMPLATE {migrated} STRATEGY file_copy"
    with ExitStack() as stack:
        url = stack.enter_context(new_database(postgres, template))
        twilio = QuotingTwilio()
        twilio_url = stack.enter_context(answering(twilio.answer))
        llm = stack.enter_context(ScriptedLLM())
        llm.always(Script(status=401, code="invalid_api_key"))
        bot = Bot(folder, url, twilio_url, llm.base_url)
        stack.callback(bot.close)
        answers = bot.be_talked_to()
        assert any(LLM_KEY in request.authorization for request in llm.requests)
        assert any(basic(API_KEY, API_SECRET) in asked for asked in twilio.asked)
        readiness = bot.lose(postgres)
        yield Told(answers, bot.output, readiness)


class Bot:
    """Web and worker with planted secrets, and a web with a wrong password."""

    def __init__(self, folder: Path, url: str, twilio_url: str, llm_url: str) -> None:
        self._url = url
        self._metrics_port = free_port()
        settings = {
            "LOG_LEVEL": "DEBUG",
            "TWILIO_API_KEY_SID": API_KEY,
            "TWILIO_API_KEY_SECRET": API_SECRET,
            "TWILIO_API_BASE_URL": twilio_url,
            "OPENAI_API_KEY": LLM_KEY,
            "OPENAI_BASE_URL": llm_url,
            "ANSWER_QUIET_SECONDS": "0",
            "WORKER_METRICS_PORT": str(self._metrics_port),
        }
        wrong = make_url(url).set(password=PASSWORD).render_as_string(False)
        self._web = WebProcess(folder, url, **settings)
        self._worker = BotProcess(folder, url, "worker", **settings)
        self._locked_out = WebProcess(folder, wrong, **settings)
        self._all = (self._web, self._worker, self._locked_out)

    @property
    def output(self) -> str:
        return "".join(process.output for process in self._all)

    def be_talked_to(self) -> str:
        """Take two messages in, and fail to answer them; return what was answered."""
        self._web.wait_until_it_answers()
        self._locked_out.wait_until_it_answers()
        eventually(lambda: "the worker is ready" in self._worker.output)
        for sender in (f"whatsapp:{SENDER}", USERNAME):
            form = text_form(f"{PLANTED} question", From=sender, ProfileName=sender)
            assert self._web.ask(post(form)).status == 200
        refused = self._locked_out.ask(post(text_form(f"{PLANTED} too")))
        assert refused.status == 503
        eventually(lambda: "check OPENAI_API_KEY" in self._worker.output)
        with opened(self._url) as database:
            assert grow_old(database) == 2
        eventually(self._gave_up)
        answers = [self._web.ask(request) for request in BAD_REQUESTS]
        answers += [refused, self._locked_out.ask(build("GET", "/readyz"))]
        metrics_url = f"http://127.0.0.1:{self._metrics_port}"
        metrics = requests.get(metrics_url, timeout=PATIENCE)
        assert "bot_llm_errors_total" in metrics.text
        return metrics.text + "".join(f"{a.headers} {a.text}" for a in answers)

    def _gave_up(self) -> bool:
        """Tell whether Twilio refused each part of the apologies."""
        database = Database(self._url, PATIENT)
        try:
            tried = "SELECT status FROM reply_parts WHERE attempts > 0"
            found = values(database, tried)
        finally:
            database.close()
        return len(found) == 2 and set(found) <= {"pending", "uncertain"}

    def lose(self, server: EmbeddedPostgres) -> str:
        """Lose the database; return what /readyz and a webhook say then."""
        name = make_url(self._url).database
        run_on_server(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        run_on_server(
            server,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608
            f"WHERE datname = '{name}'",
        )
        answers = [
            self._web.ask(build("GET", "/readyz")),
            self._web.ask(post(text_form(f"{PLANTED} late"))),
        ]
        assert [answer.status for answer in answers] == [503, 503]
        eventually(lambda: "not currently accepting" in self._worker.output)
        return "".join(f"{a.headers} {a.text}" for a in answers)

    def close(self) -> None:
        self._worker.kill()  # it would wait for its database
        self._web.close()
        self._locked_out.close()


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


QUOTED = basic(API_KEY, API_SECRET)


@pytest.mark.parametrize(
    "secret", [TOKEN, NEXT_TOKEN, API_SECRET, QUOTED, LLM_KEY, PASSWORD]
)
def test_no_secret_is_told(told: Told, secret: str) -> None:
    assert secret not in told.everything


def test_the_password_of_the_database_is_not_told(
    told: Told, postgres: EmbeddedPostgres
) -> None:
    password = make_url(postgres.url).password
    assert password
    assert password not in told.everything


def test_no_address_is_told(told: Told) -> None:
    assert not NUMBER.search(told.everything)
    assert USERNAME.partition(".")[2] not in told.everything
    assert SENDER[4:] not in told.everything


def test_what_users_write_is_logged_at_debug_alone(told: Told) -> None:
    assert PLANTED not in told.answers + told.readiness
    texts = [line for line in told.lines if PLANTED in str(line)]
    assert {line["level"] for line in texts} == {"DEBUG"}


def test_the_log_still_says_what_is_wrong(told: Told) -> None:
    for what in (
        "check OPENAI_API_KEY",
        "code 20003",
        "gave up",
        "the store is away",
        "503 until this is mended: the database can't be reached: the server refuses",
        "not currently accepting connections",
    ):
        assert what in told.output
