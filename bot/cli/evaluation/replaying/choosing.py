"""Which answers a replay is about."""

from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from bot.cli.evaluation.replaying.running import Bench, Tried
from db.queries.explained import find_explained, is_reference
from db.queries.transcripts import CHAT_ID_SIGNS, load_transcript


def choose(bench: Bench, tried: Tried) -> tuple[list[UUID], str]:
    """Return the answers that are meant, and which these are, naming nobody.

    Raises OperatorError where nothing is meant by that.
    """
    if tried.since is not None:
        since = datetime.now(UTC) - tried.since
        found = bench.situations.find_since(since)
        late = list(islice(found, tried.limit))
        return late, f"answers since {since:%Y-%m-%d %H:%M} UTC"
    given = tried.what or ""
    with bench.database.reading() as connection:
        if set(given) <= CHAT_ID_SIGNS and not is_reference(given):
            chat_id = load_transcript(connection, given).chat_id
            theirs = bench.situations.find_in_chat(chat_id)
            return list(theirs)[: tried.limit], "answers of one chat"
        turn = find_explained(connection, given).turn
    return [UUID(turn.reference_id)] if turn.reference_id else [], "one answer"
