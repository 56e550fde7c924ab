"""People who want a broadcast, and one that goes to them."""

from collections.abc import Sequence
from uuid import UUID

from db.broadcasts.nouns import NewBroadcast, Wanted
from db.broadcasts.people import find_known
from db.broadcasts.sending import Turned, store_next
from db.broadcasts.starting import start_broadcast
from db.chats import PostgresChatStore
from db.database import Database
from db.support.owners import change_owner
from tests.db.sql import change, take_in, value
from tests.records import said

SID = f"HX{107:032x}"
BODY = "Hello {{1}}, we are open."
NEWS = NewBroadcast(template_id=SID, name="open", category="UTILITY", body=BODY)
TURNS = "SELECT state, why FROM broadcast_recipients ORDER BY place"


def number(at: int) -> str:
    return f"whatsapp:+1555300{at:04}"


def wanted(*numbers: int, opt_in: str = "form") -> list[Wanted]:
    return [
        Wanted(
            line=at + 2, address=number(at), variables={"1": f"No. {at}"}, opt_in=opt_in
        )
        for at in numbers
    ]


def started(database: Database, those: Sequence[Wanted]) -> str:
    """Start a broadcast to all of them who may get it."""
    with database.transaction() as connection:
        known = [*find_known(connection, those, lambda _: False)]
        people = [each for each in known if each.left_out is None]
        return start_broadcast(connection, NEWS, people)


def turn(database: Database, broadcast_id: str) -> Turned | None:
    """Give the next one a turn; the text names who it is for."""
    return store_next(
        database, broadcast_id, lambda body, own: body.replace("{{1}}", own["1"]),
        lambda _: True,
    )  # fmt: skip


def write(pg: PostgresChatStore, at: int) -> str:
    """Have somebody write to the bot; return the chat."""
    return take_in(pg, said("Hi", number(at)))


def user_of(database: Database, at: int) -> UUID:
    found: UUID = value(
        database, "SELECT user_id FROM users WHERE phone_number = %(n)s", n=number(at)
    )
    return found


def stop(database: Database, at: int) -> None:
    """Have somebody write STOP, as far as the database is told of it."""
    change(database, "INSERT INTO opt_outs (user_id) VALUES (%(u)s)",
           u=user_of(database, at))  # fmt: skip


def take_over(database: Database, at: int) -> None:
    user_id = user_of(database, at)
    with database.transaction() as connection:
        change_owner(connection, user_id, "human", operator=None, why="by hand")
