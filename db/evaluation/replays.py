"""Replays in the database: each answer is stored once it is given, and no sooner."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal

from psycopg.types.json import Jsonb

from db.database import Database
from db.errors import OperatorError
from db.outages import outages, repeat_once
from db.records import storable_json, to_storable
from db.records.evaluation import Replay, ReplayAnswer, Situation

PAGE = 200
# Of situations that are loaded, each by several questions, while a transaction waits.
LOT = 20
MOST_IDLE_SECONDS = 60.0
MOST_LISTED = 1000
LONGEST_TEXT = 20_000
COUNTS = """
(SELECT count(*) FROM replay_answers AS anew WHERE anew.replay_id = replays.id
 AND {which})::int AS {name}"""
COUNTED = ",".join(
    COUNTS.format(which=which, name=name)
    for name, which in {
        "waiting": "state = 'waiting'",
        "same": "is_same",
        "other": "NOT is_same",
        "failed": "state = 'failed'",
    }.items()
)
LIST = f"""
SELECT id, asked_for, prompt, model, knowledge, most_micros, estimated_micros,
       spent_micros, currency, created_at, ended_at, {COUNTED}
FROM replays WHERE %(id)s::bigint IS NULL OR id = %(id)s
ORDER BY id DESC LIMIT {MOST_LISTED}
"""  # noqa: S608  (our own words)
BEGIN = """
INSERT INTO replays (asked_for, prompt, model, knowledge, most_micros,
                     estimated_micros, currency)
VALUES (%(asked_for)s, %(prompt)s, %(model)s, %(knowledge)s, %(most_micros)s,
        %(estimated_micros)s, %(currency)s)
RETURNING id
"""
# Who was erased meanwhile has no answers.
ADD = """
INSERT INTO replay_answers (replay_id, position, user_id, chat_id, reference_id,
                            question, before)
SELECT %(replay_id)s, position, users.user_id, chat_id, reference_id, question, before
FROM jsonb_to_recordset(%(answers)s) AS added (
  position int, user_id uuid, chat_id text, reference_id uuid, question text,
  before text)
JOIN users ON users.user_id = added.user_id
"""
ANSWERS = f"""
SELECT position, user_id, chat_id, reference_id, question, before, state, after,
       is_same, told, error, model, tokens, cost_micros, seconds
FROM replay_answers
WHERE replay_id = %(id)s AND position > %(after)s
  AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY position LIMIT {PAGE}
"""  # noqa: S608  (our own number)
# Nothing where they are erased by now, or somebody else who resumed the same replay was
# first.
SETTLE = """
UPDATE replay_answers SET state = %(state)s, after = %(after)s, is_same = %(is_same)s,
  told = %(told)s, error = %(error)s, model = %(model)s, tokens = %(tokens)s,
  cost_micros = %(cost_micros)s, seconds = %(seconds)s, answered_at = now()
WHERE replay_id = %(replay_id)s AND position = %(position)s AND state = 'waiting'
"""
# Before the LLM is asked: who is killed then may have spent it, and who goes on, or
# runs beside, may not spend it again.
TAKE = """
UPDATE replays SET spent_micros = spent_micros + %(micros)s
WHERE id = %(id)s
  AND (most_micros IS NULL OR spent_micros + %(micros)s <= most_micros)
"""
GIVE_BACK = """
UPDATE replays SET spent_micros = spent_micros - %(micros)s WHERE id = %(id)s
"""
# Once: whoever resumes what is over changes nothing.
END = """
UPDATE replays SET ended_at = now() WHERE id = %(id)s AND ended_at IS NULL
  AND NOT EXISTS (SELECT FROM replay_answers
                  WHERE replay_id = %(id)s AND state = 'waiting')
"""
AGAIN = """
UPDATE replays SET most_micros = %(most_micros)s WHERE id = %(id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a new replay is asked for: see db.records.evaluation.Replay."""

    asked_for: str
    knowledge: Literal["now", "then"]
    prompt: str | None = None
    model: str | None = None
    most_micros: int | None = None
    estimated_micros: int | None = None
    currency: str | None = None


class Replays:
    """All replays. Raises StoreUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, asked: Asked, situations: Iterable[Situation]) -> int:
        """Write down what is to be answered, all of it or nothing; return its id."""
        waits = self._database.transaction(idle_seconds=MOST_IDLE_SECONDS)
        with outages(), waits as connection:
            replay_id: int = connection.scalar(BEGIN, asdict(asked))
            numbered = enumerate(situations, 1)
            while rows := [_waiting(*each) for each in islice(numbered, LOT)]:
                given = {"replay_id": replay_id, "answers": Jsonb(rows)}
                connection.count(ADD, given)
        return replay_id

    def newest(self) -> Sequence[Replay]:
        """Return all of them, the newest first: 1,000 at most."""
        return self._find(None)

    def find(self, replay_id: int) -> Replay:
        """Return one. Raises OperatorError where there is none."""
        found = self._find(replay_id)
        if not found:
            raise OperatorError(f"there is no replay {replay_id}: see `bot replays`")
        return found[0]

    def answers(
        self, replay_id: int, state: str | None = None
    ) -> Iterator[ReplayAnswer]:
        """Yield its answers in their order, some at a time; of one state, if given."""
        after = 0
        while page := self._page({"id": replay_id, "after": after, "state": state}):
            yield from page
            after = page[-1].position

    def settle(self, replay_id: int, answer: ReplayAnswer) -> None:
        """Write down what came of an answer, once."""
        row = asdict(answer)
        for name in ("after", "error"):
            row[name] = row[name] and to_storable(row[name])[:LONGEST_TEXT]
        row["told"] = Jsonb(storable_json(dict(answer.told)))
        with outages():
            self._database.count(SETTLE, {**row, "replay_id": replay_id})

    def till(self, replay_id: int) -> "Till":
        """Return what a replay may spend."""
        return Till(self._database, replay_id)

    def resume(self, replay_id: int, most_micros: int | None) -> None:
        """Write down what it may spend from now on, all in all."""
        given = {"id": replay_id, "most_micros": most_micros}
        repeat_once(lambda: self._database.count(AGAIN, given))

    def end(self, replay_id: int) -> None:
        """Write down when nothing was left to answer, if that is so."""
        repeat_once(lambda: self._database.count(END, {"id": replay_id}))

    def _find(self, replay_id: int | None) -> list[Replay]:
        asked = {"id": replay_id}
        return repeat_once(lambda: self._database.read(Replay, LIST, asked))

    def _page(self, asked: dict[str, Any]) -> list[ReplayAnswer]:
        return repeat_once(lambda: self._database.read(ReplayAnswer, ANSWERS, asked))


@dataclass(frozen=True, slots=True)
class Till:
    """What one replay may spend: see bot.evaluation.purse.Till.

    Nothing is repeated where it breaks: it counts as spent then.
    """

    database: Database
    replay_id: int

    def take(self, micros: int, /) -> bool:
        """Count so much as spent, unless it is beyond."""
        given = {"id": self.replay_id, "micros": micros}
        with outages():
            return bool(self.database.count(TAKE, given))

    def give_back(self, micros: int, /) -> None:
        """Count so much as not spent."""
        with outages():
            self.database.count(GIVE_BACK, {"id": self.replay_id, "micros": micros})


def _waiting(position: int, situation: Situation) -> dict[str, object]:
    question = "\n".join(turn.content for turn in situation.batch)
    return {
        "position": position,
        "user_id": str(situation.chat.user_id),
        "chat_id": situation.chat.chat_id,
        "reference_id": situation.reference_id,
        "question": question[:LONGEST_TEXT],
        "before": situation.said or "",
    }
