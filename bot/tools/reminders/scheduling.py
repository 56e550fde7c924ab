"""Reminders as tools: planned, listed and canceled for whoever asks for them.

What is planned stands in a row with the call's key, so a call that is made again finds
it: the effect happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Literal, Protocol
from uuid import UUID

from bot.tools.declaring import declare, tool
from bot.tools.protocol import Caller, CallKey, ToolFailedError
from bot.tools.python_tools import PythonTools
from db.records import (
    LONGEST_REMINDER,
    MOST_DAYS_AHEAD,
    MOST_REMINDERS,
    Scheduled,
)

SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=MOST_DAYS_AHEAD)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
# After this WhatsApp may take no free text any more: the service window, and a margin.
SURE = timedelta(hours=23, minutes=50)
PLANNED = "Scheduled as number {number}, for {when}."
IF_SILENT = {
    True: " If they have written nothing for 24 hours by then, they get a short notice"
    " instead, and the text once they write.",
    False: " WhatsApp lets it through only if they write something in the 24 hours"
    " before: tell them so.",
}
SENTENCES = {
    "full": f"{MOST_REMINDERS} of their reminders wait already: one has to be canceled"
    " first",
    "stopped": "they want no messages",
}


class Keeper(Protocol):
    """Keeps reminders; see db/tools/scheduled.py."""

    def find(self, call_id: UUID, /) -> Scheduled | None:
        """Return what a call planned; None: nothing yet."""

    def plan(
        self, new: Scheduled, chat_id: str, /
    ) -> Scheduled | Literal["full", "stopped"]:
        """Plan a reminder, once for the call whose key its id is, and return it."""

    def waiting(self, user_id: UUID, /) -> Sequence[Scheduled]:
        """Return a user's reminders that wait, what is due next first."""

    def cancel(self, user_id: UUID, number: int, /) -> Scheduled | None:
        """Cancel a user's reminder; return it as it is then. None: there is none."""


@dataclass(frozen=True, slots=True)
class Scheduling:
    """What the tools do; times are told and read as of `timezone`.

    `holds`: what is due outside the service window waits until the user writes.
    """

    keeper: Keeper
    timezone: tzinfo = UTC
    holds: bool = False

    def schedule(self, caller: Caller, key: UUID, when: datetime, text: str) -> str:
        """Plan a reminder; return what the LLM is told. Raises ToolFailedError."""
        if known := self.keeper.find(key):
            return self._planned(known)
        new = Scheduled(
            scheduled_id=key,
            user_id=caller.user_id,
            kind="reminder",
            text=text.strip(),
            say_at=self._to_utc(when),
        )
        self._check(new)
        planned = self.keeper.plan(new, caller.chat_id)
        if not isinstance(planned, Scheduled):
            raise ToolFailedError(SENTENCES[planned])
        return self._planned(planned)

    def list(self, caller: Caller) -> str:
        """Return what waits, a line each."""
        found = self.keeper.waiting(caller.user_id)
        lines = (
            f"{one.number}. {self._clock(one.say_at)}: {one.text}" for one in found
        )
        return "\n".join(lines) or "None."

    def cancel(self, caller: Caller, number: int) -> str:
        """Cancel one; return what the LLM is told. Raises ToolFailedError."""
        found = self.keeper.cancel(caller.user_id, number)
        if found is None:
            raise ToolFailedError(f"there is no reminder {number}")
        # Theirs is what an earlier try of the same call did, too.
        if found.canceled_by != "user":
            why = f": {found.why}" if found.why else ""
            raise ToolFailedError(f"reminder {number} is {found.state} already{why}")
        return f"Canceled: {found.text}"

    def _check(self, new: Scheduled) -> None:
        now = datetime.now(UTC)
        if not new.text or len(new.text) > LONGEST_REMINDER:
            raise ToolFailedError(f"text needs 1 to {LONGEST_REMINDER} characters")
        if new.say_at < now + SOONEST:
            told = self._clock(now)
            raise ToolFailedError(f"when must be a minute ahead at least: it is {told}")
        if new.say_at > now + LATEST:
            raise ToolFailedError(f"when may be {MOST_DAYS_AHEAD} days ahead at most")

    def _to_utc(self, when: datetime) -> datetime:
        local = when if when.tzinfo else when.replace(tzinfo=self.timezone)
        try:
            return local.astimezone(UTC)
        except OverflowError:  # on the first or the last day that there is
            return FIRST if when.year == FIRST.year else LAST

    def _planned(self, planned: Scheduled) -> str:
        when = self._clock(planned.say_at)
        told = PLANNED.format(number=planned.number, when=when)
        is_sure = planned.say_at < datetime.now(UTC) + SURE
        return told if is_sure else told + IF_SILENT[self.holds]

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.timezone):%A, %Y-%m-%d %H:%M} ({self.timezone})"


def build_tools(scheduling: Scheduling) -> PythonTools:
    """Return the tools, as an LLM is offered them."""

    @tool(effects="keyed")
    def schedule_message(
        when: Annotated[
            datetime,
            "Local time in ISO format, such as 2026-05-31T09:00, in the future",
        ],
        text: Annotated[str, "What to remind them of, in their language"],
        caller: Caller,
        key: CallKey,
    ) -> str:
        """Remind the user of something at a time that they named: it is sent then."""
        return scheduling.schedule(caller, key, when, text)

    @tool(effects="none")
    def list_scheduled(caller: Caller) -> str:
        """List the user's reminders that wait, with their numbers."""
        return scheduling.list(caller)

    @tool(effects="keyed")
    def cancel_scheduled(number: int, caller: Caller) -> str:
        """Cancel one of the user's reminders by its number, if they ask for it."""
        return scheduling.cancel(caller, number)

    found = (schedule_message, list_scheduled, cancel_scheduled)
    return PythonTools([declare(one) for one in found])
