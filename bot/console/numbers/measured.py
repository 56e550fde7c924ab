"""Numbers measured once for all who look, and kept for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from db.database import Database
from db.errors import OperatorError
from db.knowledge.gaps import ListedGap, list_gaps
from db.queries.handoffs import HandoffStatistics, measure_handoffs
from db.queries.labels import count_labels
from db.queries.money import TotalSpent, measure_money
from db.queries.statistics import Statistics, measure

# For one statement: all messages of those days are looked at.
SECONDS = 25.0
KEPT = timedelta(minutes=2)
MOST_GAPS = 10
BUSY = "the numbers are being counted for somebody else: try again in a moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was counted, and when."""

    at: datetime
    statistics: Statistics
    handoffs: HandoffStatistics
    gaps: list[ListedGap]
    spent: Sequence[TotalSpent]
    labels: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class Measuring:
    """Counts, one after the other: many who look at once are one count."""

    kept: dict[int, Measured] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def measure(self, database: Database, days: int) -> Measured:
        """Return the numbers of so many days, of late. Raises OperatorError."""
        if not self.lock.acquire(timeout=SECONDS):
            raise OperatorError(BUSY)
        try:
            found = self.kept.get(days)
            if found is None or datetime.now(UTC) - found.at > KEPT:
                found = self.kept[days] = _measure(database, days)
            return found
        finally:
            self.lock.release()


def _measure(database: Database, days: int) -> Measured:
    now = datetime.now(UTC)
    with database.reading(SECONDS) as connection:
        return Measured(
            at=now,
            statistics=measure(connection, days, now),
            handoffs=measure_handoffs(connection, days, now),
            gaps=list_gaps(connection, MOST_GAPS),
            spent=measure_money(connection, days).totals,
            labels=count_labels(connection, days, now),
        )
