"""The tables. Migrations make them; a test holds both together, comments included."""

from db.models.base import metadata
from db.models.chats import userchats, userchats_archive
from db.models.people import erasures, opt_outs, user_aliases, users
from db.models.traffic import early_statuses, inbound_messages, reply_parts

__all__ = [
    "early_statuses",
    "erasures",
    "inbound_messages",
    "metadata",
    "opt_outs",
    "reply_parts",
    "user_aliases",
    "userchats",
    "userchats_archive",
    "users",
]
