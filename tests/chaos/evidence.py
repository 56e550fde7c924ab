"""What the database knows of the tokens that broke the promise."""

from collections.abc import Iterable
from pathlib import Path

import psycopg

from db.pool import conninfo
from tests.chaos.checker import TOKEN, Verdict
from tests.chaos.events import Answered, Event, Killed

MOST_TOKENS = 50
PARTS = (
    "SELECT part_id, reference_id, status, attempts, message_sid, claimed_at, "
    "created_at, updated_at, body FROM reply_parts WHERE position(%s in body) > 0"
)
TURNS = (
    "SELECT chat_id, turn FROM userchats, jsonb_array_elements(messages) turn "
    "WHERE position(%s in turn ->> 'content') > 0"
)


def write_evidence(
    file: Path, database_url: str, events: Iterable[Event], verdict: Verdict
) -> None:
    """Write down events, parts and turns of each broken token."""
    kept = list(events)
    kills = [str(event) for event in kept if isinstance(event, Killed)]
    lines = [*kills, ""]
    broken = {"lost": verdict.lost, "doubled": verdict.doubled}
    broken["out of order"] = verdict.out_of_order
    with psycopg.connect(conninfo(database_url)) as connection:
        for kind, tokens in broken.items():
            for token in tokens[:MOST_TOKENS]:
                lines += [f"{kind}: {token}", *_events_of(token, kept)]
                for query in (PARTS, TURNS):
                    lines += map(str, connection.execute(query, [token]))
                lines.append("")
    file.write_text("\n".join(lines))


def _events_of(token: str, events: Iterable[Event]) -> list[str]:
    return [
        str(event)
        for event in events
        if token == getattr(event, "token", None)
        or (isinstance(event, Answered) and token in TOKEN.findall(event.text))
    ]
