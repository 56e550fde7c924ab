"""A checkout's statement that takes a message in, its values written into it.

Run as a file in a checkout, it prints that checkout's: it knows nothing but `db`.
"""

import re
import sys
from datetime import UTC, datetime, timedelta

from psycopg import sql

from db.chats import RECORD_INBOUND, bind_inbound
from db.records import InboundMessage, Turn

# What differs from message to message; the rest is bound once.
VARIED = {
    "sid": "'SM' || replace(gen_random_uuid()::text, '-', '')",
    "address": "'whatsapp:+1555' || :user",
    "chat_id": "substr(md5(random()::text), 1, 16)",
}


def literal_statement(text: str) -> str:
    """Return the statement for a message with this text of the user `:user`."""
    bound = bind_inbound(_message(text), timedelta(days=1))
    literals = {name: sql.Literal(value).as_string() for name, value in bound.items()}
    filled = re.sub(r"--.*", "", RECORD_INBOUND) % {**literals, **VARIED}
    return " ".join(filled.split())


def _message(text: str) -> InboundMessage:
    sid = "SM" + 32 * "0"
    turn = Turn(role="user", content=text, timestamp=datetime.now(UTC), message_sid=sid)
    return InboundMessage(
        message_sid=sid, address="whatsapp:+15550000000", profile_name="Ana", turn=turn
    )


if __name__ == "__main__":
    print(literal_statement(sys.argv[1]))
