"""Adding documents, and waiting until the worker took them in."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TextIO, get_args

import click

from bot.knowledge.taking_in.sources import Source, find_sources, read_source, source_of
from bot.terminal import one_line
from db.database import Database
from db.errors import OperatorError, StoreUnavailableError
from db.knowledge.documents import PRODUCTS, CatalogueError, Documents
from db.knowledge.listing import find_errors, find_waiting, has_worker
from db.records import DocumentRow, NewDocument

LOOK_SECONDS = 0.3
# A worker that is just starting has so long to show itself.
NO_WORKER_SECONDS = 15.0
# No document takes so long: the reader's own limit is far below.
STUCK_SECONDS = 900.0
NO_WORKER = (
    "no worker seems to run, so it waits: start `bot worker` (or `bot run`), which "
    "takes it in"
)
State = Literal["taken in", "unchanged", "waits", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file or page; `reason` says why, where it is not taken in."""

    source: str
    state: State
    document_id: int | None = None
    reason: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether there is nothing for the operator to mend."""
        return self.state != "refused" and not (self.state == "waits" and self.reason)


class Adding:
    """Adds documents one after the other; what was added stays, whatever comes then.

    How far it is stands on `told`, unless it is quiet. `patience`: so many seconds pass
    before it is said that there is no worker.
    """

    def __init__(
        self,
        database: Database,
        told: TextIO,
        *,
        quiet: bool,
        patience: float = NO_WORKER_SECONDS,
    ) -> None:
        self._database = database
        self._documents = Documents(database)
        self._told = told
        self._patience = patience
        self._is_shown = not quiet and told.isatty()

    def add_all(
        self, named: Iterable[str], like: NewDocument, *, wait: bool
    ) -> list[Outcome]:
        """Add what is named; with `wait`, return when all of it was taken in."""
        outcomes: list[Outcome] = []
        for name in named:
            try:
                for source in find_sources(name):
                    outcomes.append(self._add(source, like))
                    self._show(f"Added {len(outcomes)}")
            except StoreUnavailableError:
                raise
            except OperatorError as error:
                outcomes.append(Outcome(name, "refused", reason=str(error)))
        return self._after(outcomes, wait=wait)

    def refresh(self, rows: Sequence[DocumentRow], *, wait: bool) -> list[Outcome]:
        """Add the files and pages of documents again, as they are now."""
        outcomes = []
        for row in rows:
            if (source := _source_of(row)) is None:
                continue
            like = NewDocument(content=b"", user_id=row.user_id, is_demo=row.is_demo)
            outcomes.append(self._add(source, like))
            self._show(f"Looked at {len(outcomes)}")
        return self._after(outcomes, wait=wait)

    def _add(self, source: Source, like: NewDocument) -> Outcome:
        if source.skipped:
            return Outcome(source.name, "skipped", reason=source.skipped)
        try:
            added = self._documents.add(read_source(source, like))
        except StoreUnavailableError:
            raise
        except CatalogueError as error:
            return Outcome(source.name, "skipped", reason=str(error))
        except OperatorError as error:
            return Outcome(source.name, "refused", reason=str(error))
        state: State = "waits" if added.is_new_version else "unchanged"
        return Outcome(source.name, state, added.document_id)

    def _after(self, outcomes: list[Outcome], *, wait: bool) -> list[Outcome]:
        if not wait:
            self._show("")
            return outcomes
        try:
            return self._wait(outcomes)
        except KeyboardInterrupt:
            self._show("")
            why = "you did not wait for it: the worker goes on, see what is listed"
            return [_still(outcome, why) for outcome in outcomes]

    def _wait(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return when nothing waits any more, or nobody works on it."""
        ids = [o.document_id for o in outcomes if o.document_id is not None]
        began = moved = time.monotonic()
        waiting = before = find_waiting(self._database, ids)
        reason = None
        while waiting and not reason:
            self._show(f"Taken in {len(ids) - len(waiting)} of {len(ids)}")
            time.sleep(LOOK_SECONDS)
            waiting = find_waiting(self._database, ids)
            if waiting != before:
                before, moved = waiting, time.monotonic()
            reason = self._why_stuck(time.monotonic() - max(began, moved))
        self._show("")
        errors = find_errors(self._database, ids)
        return [_become(outcome, waiting, errors, reason) for outcome in outcomes]

    def _why_stuck(self, idle: float) -> str | None:
        if idle > self._patience and not has_worker(self._database):
            return NO_WORKER
        if idle > STUCK_SECONDS:
            return "nothing was taken in for a quarter of an hour: see the worker's log"
        return None

    def _show(self, line: str) -> None:
        if self._is_shown:
            end = "" if line else "\r"
            click.echo(f"\r\033[K{line}{end}", file=self._told, nl=False)


def describe(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what became of each that needs a word, and how many of which there are."""
    for outcome in outcomes:
        if outcome.reason:
            name = one_line(outcome.source, 200)
            yield f"{outcome.state}: {name}: {one_line(outcome.reason)}"
    counts = dict.fromkeys(get_args(State), 0)
    for outcome in outcomes:
        counts[outcome.state] += 1
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    yield f"{told or 'nothing to do'}."


def _source_of(row: DocumentRow) -> Source | None:
    """Return where a document can be looked for again; None: nowhere."""
    if row.file_type == PRODUCTS:
        return Source(row.file_path or row.title, skipped=str(CatalogueError()))
    return source_of(row)


def _still(outcome: Outcome, why: str) -> Outcome:
    return replace(outcome, reason=why) if outcome.state == "waits" else outcome


def _become(
    outcome: Outcome, waiting: set[int], errors: dict[int, str], reason: str | None
) -> Outcome:
    document_id = outcome.document_id
    if document_id is None:
        return outcome
    if document_id in waiting:
        return replace(outcome, state="waits", reason=reason)
    if document_id in errors:
        return replace(outcome, state="refused", reason=errors[document_id])
    return replace(outcome, state="taken in") if outcome.state == "waits" else outcome
