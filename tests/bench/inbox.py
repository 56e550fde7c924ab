"""The console's inbox in many chats, 20 operators looking, and what that costs acks.

Each operator loads the inbox and then polls as the page's script does, every 2 s; every
fifth time they load the whole page again.
"""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field

from db.logins.sessions import open_session
from tests.bench.effort import QUICK, Effort
from tests.bench.figures import Figure, Goal, percentile
from tests.bench.http_lines import Line, Lines, Message
from tests.bench.load import OK, closed_loop, open_loop, random_gaps
from tests.bench.scale_data import Size, fill
from tests.bench.stage import Stage
from tests.bench.webhooks import webhooks_of
from tests.db.sql import opened

OPERATORS = 20
POLL_SECONDS = 2.0
LOADS_EVERY = 5
CHATS, QUICK_CHATS = 100_000, 1_000
# Of 100: so many wait for a person, or are with one.
WAITING, WITH_PERSON = 200, 300
ACK_CLIENTS, ACK_LINES = 16, 64
USERS_WRITING = 1000
MOST_A_SECOND = 4000
NO_CONTENT = 204

OPERATORS_MADE = """
INSERT INTO users (email, full_name, role)
SELECT 'operator' || n || '@shop.example', 'Operator ' || n, 'supporter'
FROM generate_series(1, %(operators)s) AS n RETURNING user_id
"""
HANDED_OVER = """
SELECT count(change_owner(user_id,
  CASE WHEN n <= %(waiting)s THEN 'queue' ELSE 'human' END,
  CASE WHEN n > %(waiting)s THEN %(operator)s::uuid END, '/human', NULL, 'An order'))
FROM (SELECT user_id, row_number() OVER (ORDER BY phone_number) AS n FROM users
      WHERE role = 'user' LIMIT %(waiting)s + %(taken)s) AS people
"""
LOOKED_AT = """
INSERT INTO support_sessions (operator_id, user_id, seen_at, read_turns)
SELECT operator.user_id, looked.user_id, now() - n * interval '1 minute', 2
FROM users AS operator CROSS JOIN (
  SELECT user_id, row_number() OVER () AS n FROM users WHERE role = 'user' LIMIT 500
) AS looked WHERE operator.role <> 'user'
"""


@dataclass(slots=True)
class Looks:
    """How long each kind of request took, in seconds, and how many failed."""

    pages: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    failed: int = 0

    def note(self, path: str, status: int, seconds: float) -> None:
        if status not in {OK, NO_CONTENT}:
            self.failed += 1
        elif path == "/":
            self.pages.append(seconds)
        else:
            (self.changed if status == OK else self.unchanged).append(seconds)

    @property
    def all(self) -> list[float]:
        return [*self.pages, *self.changed, *self.unchanged]


async def measure_inbox(stage: Stage, effort: Effort) -> list[Figure]:
    """Fill the database; let 20 operators look while nobody writes, some, and many."""
    stage.empty()
    tokens = await asyncio.to_thread(_fill, stage, effort)
    stage.start("console")
    stage.start("web")
    seconds = 5 * effort.seconds
    await _acks(stage, 1.0)  # warms up, not counted
    quiet = await _look(stage, tokens, seconds)
    alone = await _acks(stage, effort.seconds)
    p99_alone = await _p99(stage, alone / 4, seconds)
    beside, full = await _beside(
        _acks(stage, effort.seconds), _look(stage, tokens, effort.seconds)
    )
    p99_beside, usual = await _beside(
        _p99(stage, alone / 4, seconds), _look(stage, tokens, seconds)
    )
    stage.stop("console", "web")
    return [
        *_figures("nobody writes", quiet),
        *_figures("messages come at a quarter of what web takes", usual),
        *_figures("messages come as fast as web takes them", full),
        _rates(alone, beside),
        _p99s(p99_alone, p99_beside),
    ]


async def _beside(
    writing: Coroutine[None, None, float], looking: Coroutine[None, None, Looks]
) -> tuple[float, Looks]:
    """Let people write while operators look, and return what each measured."""
    looks = asyncio.create_task(looking)
    return await writing, await looks


def _rates(alone: float, beside: float) -> Figure:
    return Figure(
        "acks/s while 20 operators look ÷ without them", beside / alone,
        detail=f"{beside:,.0f}/s, {alone:,.0f}/s",
    )  # fmt: skip


def _p99s(alone: float, beside: float) -> Figure:
    return Figure(
        "ack p99 at a quarter of that rate, while they look", 1000 * beside, "ms",
        detail=f"{1000 * alone:.1f} ms without them",
    )  # fmt: skip


def _figures(when: str, looks: Looks) -> list[Figure]:
    kinds = {
        "page": looks.pages, "poll with news": looks.changed,
        "poll without": looks.unchanged,
    }  # fmt: skip
    told = [
        f"{name}: p50 {1000 * percentile(took, 0.5):.1f}, "
        f"p95 {1000 * percentile(took, 0.95):.1f} ms of {len(took)}"
        for name, took in kinds.items()
        if took
    ]
    return [
        Figure(
            f"inbox p95, {when}",
            1000 * percentile(looks.all, 0.95),
            "ms",
            Goal("≤", 100),
            detail="; ".join([*told, f"{looks.failed} failed"]),
        )
    ]


def _fill(stage: Stage, effort: Effort) -> list[str]:
    """Make chats, operators, and who has them; return the operators' cookies."""
    chats = QUICK_CHATS if effort is QUICK else CHATS
    size = Size(users=chats, closed=0, active=chats, keys=chats, parts=chats, jobs=0)
    with stage.connect() as connection:
        fill(connection, size)
    with opened(stage.database_url) as database:
        operators = database.column(OPERATORS_MADE, {"operators": OPERATORS})
        known = {"waiting": WAITING, "taken": WITH_PERSON, "operator": operators[0]}
        database.count(HANDED_OVER, known)
        database.count(LOOKED_AT)
        with database.transaction() as connection:
            tokens = [open_session(connection, one, None, None) for one in operators]
    with stage.connect() as connection:
        connection.execute("VACUUM (ANALYZE)")
    return tokens


async def _look(stage: Stage, tokens: Sequence[str], seconds: float) -> Looks:
    looks = Looks()
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(
            _operate(stage.ports["console"], token, until, number, looks)
            for number, token in enumerate(tokens)
        )
    )
    return looks


async def _operate(
    port: int, token: str, until: float, number: int, looks: Looks
) -> None:
    """Be one operator: load the page, and poll, until the time is over."""
    await asyncio.sleep(POLL_SECONDS * number / OPERATORS)
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, "127.0.0.1", port)
    version, turn = "", 0
    while time.monotonic() < until:
        path = f"/inbox/poll?since={version}" if turn % LOADS_EVERY else "/"
        began = time.monotonic()
        answer = await line.exchange(_get(port, path, token))
        looks.note(path, answer.status, time.monotonic() - began)
        version = _version_in(answer) or version
        turn += 1
        await asyncio.sleep(POLL_SECONDS)
    line.close()


def _get(port: int, path: str, token: str) -> bytes:
    aside = "" if path == "/" else "Sec-Fetch-Dest: empty\r\n"
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: login={token}\r\n{aside}\r\n"
    ).encode()


def _version_in(answer: Message) -> str:
    _, _, rest = answer.body.partition(b'data-version="')
    return rest.partition(b'"')[0].decode()


async def _acks(stage: Stage, seconds: float) -> float:
    """Return how many messages a second are taken in."""
    count = int(MOST_A_SECOND * seconds)
    requests = (webhook.request for webhook in list(webhooks_of(USERS_WRITING, count)))
    async with Lines(stage.ports["web"], ACK_CLIENTS) as lines:
        return (await closed_loop(lines, ACK_CLIENTS, requests, seconds)).rate


async def _p99(stage: Stage, rate: float, seconds: float) -> float:
    gaps = random_gaps(rate, seconds, seed=1)
    requests = [webhook.request for webhook in webhooks_of(USERS_WRITING, len(gaps))]
    async with Lines(stage.ports["web"], ACK_LINES) as lines:
        samples = await open_loop(lines, requests, gaps)
    return percentile([sample.seconds for sample in samples], 0.99)
