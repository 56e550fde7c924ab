"""Situations out of a person's export: what `bot users export` writes, read again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from db.errors import OperatorError
from db.evaluation.calls_then import CallsThen, split_calls
from db.evaluation.found_then import found_of
from db.evaluation.then import Kept, as_then
from db.memory.preferences import read_preferences
from db.records import Call, Fact, SeenMedia, Turn, Userchat, read_turns
from db.records.evaluation import Situation

LARGEST = 200 * 1024 * 1024
NO_EXPORT = "is no export of one person: `bot users export` writes one"
MOST_DONE = 50
Row = Mapping[str, Any]


def read_export(path: Path) -> list[Situation]:
    """Return the situations of all answers in an export, the oldest first.

    Raises OperatorError where the file is none, or larger than 200 MB.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise OperatorError(f"{path} is larger than {LARGEST >> 20} MB")
        told = json.loads(path.read_text(encoding="utf-8"))
        return list(_Export(told).situations())
    except OSError as error:
        raise OperatorError(f"{path} can't be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise OperatorError(f"{path} {NO_EXPORT}") from None


@dataclass(frozen=True, slots=True)
class _Export:
    """One person, with the rows of each table."""

    told: Row

    def situations(self) -> Iterator[Situation]:
        calls = [_call(row) for row in self.told["tool_calls"]]
        makings: list[Row] = self.told["answer_makings"]
        for making in sorted(makings, key=lambda row: str(row["made_at"])):
            if found := as_then(self._kept(making)):
                yield self._with_rest(making, calls, *found)

    def _kept(self, making: Row) -> Kept:
        return Kept(
            reference_id=making["reference_id"],
            chat=self._chat(making),
            fact_ids=making["fact_ids"],
            seconds=float(making["seconds"]),
        )

    def _with_rest(
        self, making: Row, calls: Sequence[Call], situation: Situation, reply: Turn
    ) -> Situation:
        known = self.told["answer_passages"]
        mine = [row for row in known if row["reference_id"] == reply.reference_id]
        rows = [
            SimpleNamespace(**row)
            for row in sorted(mine, key=lambda row: int(row["position"]))
        ]
        found, gone = found_of(rows, (), is_missing=making["is_missing"])
        then = _calls_then(calls, reply, situation.batch)
        return replace(
            situation,
            calls=then.made,
            known=then.known,
            waiting=then.waiting,
            done=then.done,
            found=found,
            found_gone=gone,
        )

    def _chat(self, making: Row) -> Userchat:
        user, chats = self.told["user"], self._chats()
        chat = chats[making["chat_id"]]
        earlier = chats.get((chat["metadata"] or {}).get("continues") or "")
        own = (self.told["user_preferences"] or [{}])[0]
        preferences = read_preferences(own.get("preferences"))
        seen = own.get("language_seen")
        facts = [
            row for row in self.told["user_facts"] if row["id"] in making["fact_ids"]
        ]
        return Userchat(
            chat_id=chat["chat_id"],
            user_id=UUID(user["user_id"]),
            address=user["phone_number"] or "",
            turns=read_turns(chat["messages"]),
            name=user["full_name"],
            earlier_turns=read_turns(earlier and earlier["messages"]),
            quoted=self._said(),
            language=preferences.get("language") or seen,
            language_seen=seen,
            preferences=preferences,
            facts=tuple(map(_fact, reversed(facts))),
            seen={(one.message_sid, one.position): one for one in self._seen()},
        )

    def _chats(self) -> dict[str, Row]:
        rows = (*self.told["userchats_archive"], *self.told["userchats"])
        return {row["chat_id"]: row for row in rows}

    def _said(self) -> dict[str, Turn]:
        """Return all that was said by its MessageSid: what turns may quote."""
        turns = (
            t for row in self._chats().values() for t in read_turns(row["messages"])
        )
        theirs = {turn.message_sid: turn for turn in turns if turn.message_sid}
        ours = {
            row["message_sid"]: Turn.from_json(
                {**row, "role": "assistant", "content": row["body"], "media": []}
            )
            for row in self.told["reply_parts"]
            if row["message_sid"]
        }
        return {**ours, **theirs}

    def _seen(self) -> Iterator[SeenMedia]:
        names = {field.name for field in fields(SeenMedia)} - {"media_id", "shown_as"}
        for row in self.told["media"]:
            yield SeenMedia(**{name: row[name] for name in names if name in row})


def _calls_then(calls: Sequence[Call], reply: Turn, batch: Sequence[Turn]) -> CallsThen:
    """Return the calls around a reply, as the database finds them."""
    sid, came_at = batch[0].message_sid, max(turn.timestamp for turn in batch)
    names = str(reply.reference_id)
    mine = [c for c in calls if c.message_sid == sid or str(c.reference_id) == names]
    before = [c for c in reversed(calls) if c.created_at and c.created_at < came_at]
    others = [c for c in before if c.message_sid != sid]
    return split_calls(
        of_answer=mine,
        waiting=[c for c in others if _waited(c, reply.timestamp)],
        done=[c for c in others if c.state == "done" and _ended(c, came_at)][
            :MOST_DONE
        ],
        reply=reply,
        batch=batch,
    )


def _waited(call: Call, at: datetime) -> bool:
    over = call.started_at or call.ended_at
    return over is None or over > at


def _ended(call: Call, at: datetime) -> bool:
    return call.ended_at is not None and call.ended_at < at


def _call(row: Row) -> Call:
    given = {field.name: row[field.name] for field in fields(Call)}
    times = {name: _time(row[name]) for name in given if name.endswith("_at")}
    ids = {name: _id(row[name]) for name in ("call_id", "user_id", "reference_id")}
    return Call(**{**given, **times, **ids})


def _fact(row: Row) -> Fact:
    told_at = _time(row["created_at"])
    if told_at is None:
        raise ValueError
    return Fact(
        fact_id=row["id"],
        kind=row["kind"],
        text=row["text"],
        message_sid=row["message_sid"],
        told_at=told_at,
        valid_until=_time(row["valid_until"]),
    )


def _time(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _id(told: str | None) -> UUID | None:
    return UUID(told) if told else None
