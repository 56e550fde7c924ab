"""What an operator asks the inbox for: read from an address, and written into one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import BadRequest

from db.records import to_storable
from db.support.inbox.finding import STATES, Place

ALL = "all"
LONGEST = 200  # characters of what is looked for
BEGINNING = Place()
NO_SUCH_PLACE = "The list does not go on there: begin anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which list, of which label and assignee; or what is looked for, in words."""

    state: str = ALL
    label: str | None = None
    assignee_id: UUID | None = None
    words: str = ""
    after: Place = BEGINNING

    @property
    def goes_on(self) -> bool:
        """Whether it is a list's beginning, which changes while one looks."""
        return not self.words and self.after.at is None

    def to_args(self) -> dict[str, str]:
        """Return it as the parameters of an address, without those that say nothing."""
        given = {
            "state": "" if self.state == ALL else self.state,
            "label": self.label or "",
            "assignee": str(self.assignee_id or ""),
            "q": self.words,
            "after": _write_place(self.after),
        }
        return {name: value for name, value in given.items() if value}

    def with_state(self, state: str) -> "Query":
        """Return the same for another list, from its beginning."""
        return replace(self, state=state, after=BEGINNING, words="")


def read_query(args: Mapping[str, str]) -> Query:
    """Return what is asked for. Raises BadRequest."""
    state = args.get("state") or ALL
    if state not in (ALL, *STATES):
        raise BadRequest("There is no such list in the inbox.")
    return Query(
        state=state,
        label=to_storable(args.get("label", "").strip())[:LONGEST] or None,
        assignee_id=_read_id(args.get("assignee", "")),
        words=to_storable(args.get("q", "").strip())[:LONGEST],
        after=_read_place(args.get("after", "")),
    )


def _read_id(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise BadRequest("There is no such operator.") from None


def _write_place(place: Place) -> str:
    at = place.at
    return "" if at is None else f"{place.rank}~{at.isoformat()}~{place.key}"


def _read_place(given: str) -> Place:
    if not given:
        return BEGINNING
    try:
        rank, at, key = given.split("~")
        place = Place(int(rank), datetime.fromisoformat(at), to_storable(key[:LONGEST]))
    except ValueError:
        raise BadRequest(NO_SUCH_PLACE) from None
    if place.at is None or place.at.tzinfo is None or not 0 <= place.rank < 10:
        raise BadRequest(NO_SUCH_PLACE)
    return place
