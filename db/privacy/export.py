"""Everything that is held about one person, as JSON, row by row."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from db.database import Connection, Database
from db.media.contents import read_file
from db.privacy import documents
from db.privacy.acting import held as acted
from db.privacy.broadcasts import held as sent
from db.privacy.cases import held as judged
from db.privacy.money import held as spent
from db.privacy.proposals import held as proposed
from db.privacy.support import held
from db.privacy.understanding import held as understood
from db.privacy.understanding.held import FIND_FILED

ROWS_AT_A_TIME = 20
CHATS = """
SELECT to_jsonb(chat) - 'search_tsv' FROM {} AS chat WHERE customer_id = %(user_id)s
ORDER BY created_at, chat_id
"""
SIDS = """
SELECT jsonb_path_query(messages, '$[*].message_sid') #>> '{}'
FROM all_chats WHERE customer_id = %(user_id)s
"""
ADDRESSES = "SELECT address FROM user_addresses WHERE user_id = %(user_id)s"
SECTIONS = {
    "other_addresses": "SELECT to_jsonb(address) FROM user_aliases "
    "WHERE user_id = %(user_id)s ORDER BY address",
    "opt_outs": "SELECT to_jsonb(row) FROM opt_outs AS row WHERE user_id = %(user_id)s",
    "userchats": CHATS.format("userchats"),
    "userchats_archive": CHATS.format("userchats_archive"),
    # What operators were told of them was sent to addresses of the operators'.
    "reply_parts": f"""
SELECT CASE WHEN user_id = %(user_id)s THEN to_jsonb(part)
       ELSE to_jsonb(part) - 'address' END
FROM reply_parts AS part WHERE {held.THEIR_PARTS} ORDER BY sequence""",  # noqa: S608
    # A number that was handed on: what another person wrote from it is not shown.
    "inbound_messages": f"""
SELECT to_jsonb(message) FROM inbound_messages AS message
WHERE message_sid IN ({SIDS}) OR address IN ({ADDRESSES}) AND NOT EXISTS (
  SELECT FROM user_addresses AS other
  WHERE other.user_id <> %(user_id)s AND other.address = message.address)
ORDER BY received_at, message_sid""",  # noqa: S608  (nothing of it was given)
    "early_statuses": f"""
SELECT to_jsonb(early) FROM early_statuses AS early
WHERE message_sid IN ({SIDS}) OR message_sid IN (
  SELECT message_sid FROM reply_parts WHERE user_id = %(user_id)s)
ORDER BY received_at, message_sid, status""",  # noqa: S608
    "jobs": f"""
SELECT to_jsonb(job) FROM procrastinate_jobs AS job
WHERE lock LIKE '%%:' || %(user_id)s::text
  OR args ->> 'user_id' = %(user_id)s::text OR {documents.THEIR_JOBS}
ORDER BY id""",  # noqa: S608
    **documents.SECTIONS,
    **held.SECTIONS,
    **understood.SECTIONS,
    **acted.SECTIONS,
    **spent.SECTIONS,
    **sent.SECTIONS,
    **judged.SECTIONS,
    **proposed.SECTIONS,
}
# Hashes of passwords are of no use to the person, and of some to a thief.
USER = """
SELECT to_jsonb(person) - '{hashed_password,password_history}'::text[]
  || jsonb_build_object(
    'has_password', hashed_password IS NOT NULL,
    'earlier_passwords', CASE WHEN jsonb_typeof(password_history) = 'array'
      THEN jsonb_array_length(password_history) ELSE 0 END)
FROM users AS person WHERE user_id = %(user_id)s
"""


def export_person(
    database: Database, user_id: UUID, folder: Path | None = None
) -> Iterator[str]:
    """Yield the pieces of one JSON object: the user, and a list for each table.

    All of it is as it was at one moment; no more than some rows are held at once, or
    one file of the `folder` that has bytes of media, if it is not the database.
    Yields `"user": null` if there is no such user. Raises OperatorError.
    """
    mine = {"user_id": user_id}
    with database.reading() as connection:
        yield '{\n"user": '
        yield connection.scalar(f"SELECT ({USER})::text", mine) or "null"
        for name, query in SECTIONS.items():
            yield f',\n"{name}": ['
            for number, row in enumerate(_select(connection, query, user_id)):
                yield ("," if number else "") + "\n  " + row
            yield "]"
        yield ',\n"media_files": ['
        for number, name in enumerate(connection.column(FIND_FILED, mine)):
            yield ("," if number else "") + "\n  " + _show_file(folder, name)
        yield "]\n}\n"


def _show_file(folder: Path | None, sha256: str) -> str:
    """Return bytes that lie in a folder, as JSON; null: they can't be had."""
    content = read_file(folder, sha256)
    text = None if content is None else b64encode(content).decode("ascii")
    return json.dumps({"sha256": sha256, "content": text})


def _select(connection: Connection, query: str, user_id: UUID) -> Iterator[str]:
    wrapped = f"SELECT found.row::text FROM ({query}) AS found (row)"  # noqa: S608
    for (row,) in connection.stream(wrapped, {"user_id": user_id}, ROWS_AT_A_TIME):
        yield row
