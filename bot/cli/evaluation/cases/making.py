"""From what happened to cases that are kept, and back to cases that are judged."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.evaluation.cases.deriving import as_was_told, must_be_known, never_again
from bot.evaluation.cases.expecting import (
    ExpectationError,
    read_expectations,
    write_expectations,
)
from bot.evaluation.cases.nouns import Case, Expectations
from bot.evaluation.cases.taking_over import find_instead
from bot.evaluation.cases.talks import keep_turns, kept_situation
from bot.evaluation.cases.writing import joined
from db.database import Connection, Database
from db.errors import OperatorError
from db.evaluation.cases.finding import (
    SOURCES,
    Around,
    Lived,
    find_around,
    find_lived,
)
from db.evaluation.cases.keeping import KeptCase, NewCase, keep_case
from db.outages import outages
from db.records import find_unanswered

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.evaluation.situations import Situation

SECONDS = 120.0


def collect(database: Database, since: datetime, most: int) -> Mapping[str, int]:
    """Keep a case of everything that happened since; return how many, by source.

    `most` of each source at once; what is a case already is left alone. Raises
    OperatorError where the database is away.
    """
    kept: dict[str, int] = {}
    for query in SOURCES:
        with outages(), database.transaction(SECONDS) as connection:
            for lived in find_lived(connection, query, since, most):
                new = _case_of(connection, lived)
                if new is not None and keep_case(connection, new) is not None:
                    kept[lived.made_from] = kept.get(lived.made_from, 0) + 1
    return kept


def case_of_reply(
    around: Around,
    user_id: UUID,
    made_from: str,
    expects: Expectations,
    note: str | None = None,
) -> NewCase | None:
    """Return the case of a reply of the bot's; None: it answers no message."""
    turn = around.turn
    turns = keep_turns(around.turns[: around.place], turn.in_reply_to)
    if not turns:
        return None
    return NewCase(
        made_from=made_from,
        reference_id=UUID(turn.reference_id),
        user_id=user_id,
        chat_id=around.chat_id,
        question=joined(find_unanswered(turns)),
        turns=turns,
        said=turn.content,
        expects=write_expectations(expects),
        note=note,
    )


def as_case(kept: KeptCase, load: "Callable[[UUID], Situation | None]") -> Case:
    """Return a case that is kept as one that is judged.

    `load` returns all that the bot knew at an answer, as far as that is kept; else
    there is what the case itself has. Raises OperatorError where somebody made the case
    unreadable by hand.
    """
    try:
        expects = read_expectations(kept.expects)
    except ExpectationError as error:
        raise OperatorError(f"case {kept.id} can't be read: {error}") from None
    of_bot = kept.reference_id if kept.made_from != "takeover" else None
    whole = load(of_bot) if of_bot and kept.user_id else None
    return Case(
        case_id=kept.id,
        situation=whole or _situation(kept),
        expects=expects,
        question=kept.question,
        user_id=kept.user_id,
        why=kept.note or "",
    )


def _situation(kept: KeptCase) -> "Situation":
    turns = kept.read_turns()
    if not find_unanswered(turns):
        raise OperatorError(f"case {kept.id} can't be read: nothing is to be answered")
    return kept_situation(turns, kept.user_id, kept.chat_id, kept.said)


def _case_of(connection: Connection, lived: Lived) -> NewCase | None:
    around = find_around(connection, lived.user_id, lived.reference_id)
    if around is None:
        return None
    if lived.made_from == "takeover":
        new = _of_takeover(lived, around)
    else:
        new = _of_answer(lived, around)
    return new and replace(new, created_by=lived.created_by)


def _of_answer(lived: Lived, around: Around) -> NewCase | None:
    """Return the case of an answer of the LLM's; what else is said tells no more."""
    turn = around.turn
    if not (turn.is_by_bot and turn.model):
        return None
    asked = [t.content for t in around.turns if t.message_sid in turn.in_reply_to]
    expects = _expects(lived, beside=[*asked, turn.content])
    return case_of_reply(around, lived.user_id, lived.made_from, expects)


def _expects(lived: Lived, beside: list[str]) -> Expectations:
    if lived.made_from == "thumb":
        return never_again()
    if lived.told is None:
        return must_be_known()
    told = as_was_told(lived.told, beside, again=False)
    return replace(told, sources=(lived.title,)) if lived.title else told


def _of_takeover(lived: Lived, around: Around) -> NewCase | None:
    instead = find_instead(around.turns, around.place)
    if instead is None or lived.told is None:
        return None
    turns = keep_turns(around.turns[: around.place], instead.sids)
    if not turns:
        return None
    batch = find_unanswered(turns)
    expects = as_was_told(lived.told, [joined(batch)], again=True)
    if expects.is_empty:  # "Yes." tells nothing that could be looked for
        return None
    known: dict[str, Any] = {"made_from": lived.made_from, "said": instead.said}
    return NewCase(
        **known,
        reference_id=lived.reference_id,
        user_id=lived.user_id,
        chat_id=around.chat_id,
        question=joined(batch),
        turns=turns,
        expects=write_expectations(expects),
    )
