"""A restore of an older backup brings nothing of what was held twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.database import Database
from db.outbox import PostgresOutbox
from db.records import Fallback, Holding, Part
from tests.db.backups.times import Times
from tests.db.parts import replied
from tests.db.sql import change, rows, take_in
from tests.records import ANA, new_sid, said

HOLDING = Holding(
    fallbacks={"en": Fallback(f"HX{1:032}", "Something waits.")},
    lasts=timedelta(days=7),
)
PARTS = "SELECT body, status FROM reply_parts ORDER BY sequence"
LONG_AGO = """
UPDATE userchats SET messages = jsonb_set(messages, '{0,timestamp}',
  to_jsonb(now() - interval '25 h'))
"""


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Times:
    found = Times(database, tmp_path)
    found.outbox = PostgresOutbox(database, HOLDING)
    return found


def answered_late(times: Times) -> Part:
    """Ana is answered after the window closed: nothing was claimed yet."""
    (part,) = replied(times.pg, times.outbox, "one")
    change(times.database, LONG_AGO)
    return part


def sends(times: Times, part: Part) -> list[str]:
    """Send what is next until there is no more; return the texts."""
    sent = []
    while found := times.outbox.claim_next(
        part.user_id, timedelta(), timedelta(days=1)
    ):
        if found.is_claimed:
            times.outbox.record_accepted(found.part.part_id, new_sid(), "sent")
            sent.append(found.part.body)
    return sent


def test_who_was_told_since_is_not_told_again(times: Times) -> None:
    part = answered_late(times)
    times.back_up()
    assert sends(times, part) == ["Something waits."]
    times.restore()
    assert rows(times.database, PARTS) == [
        ("one", "held"),
        ("Something waits.", "sent"),
    ]
    assert sends(times, part) == []


def test_what_was_let_go_since_is_not_sent_again(times: Times) -> None:
    part = answered_late(times)
    sends(times, part)
    times.back_up()
    take_in(times.pg, said("hm?", ANA))
    times.outbox.release_held(part.user_id)
    assert sends(times, part) == ["one"]
    times.restore()
    assert [status for _, status in rows(times.database, PARTS)] == ["sent", "sent"]
    times.outbox.release_held(part.user_id)
    assert sends(times, part) == []


def test_where_nobody_can_tell_twilio_is_asked(times: Times) -> None:
    part = answered_late(times)
    sends(times, part)
    times.back_up()
    times.lose_the_database()
    times.restore()
    found = [status for _, status in rows(times.database, PARTS)]
    assert found == ["uncertain", "sent"]
