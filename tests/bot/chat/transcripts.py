"""Turns for the chat's tests, written like a conversation.

user_says("Hi", "1"), bot_said("Hello", to="1"), user_says("And?", "2")
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.chat.asked import Policy
from db.records import Media, Turn, Userchat

PROMPT = "You help."
POLICY = Policy(system_prompt=PROMPT)


def minutes_ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def user_says(
    text: str, sid: str | None, *media: str, minutes: float = 0, **more: Any
) -> Turn:
    """A message; `media` are content types, `minutes` its age."""
    sent: tuple[Media, ...] = tuple({"type": kind} for kind in media)
    return Turn(
        role="user",
        content=text,
        timestamp=minutes_ago(minutes),
        message_sid=sid,
        media=sent,
        **more,
    )


def bot_said(text: str, to: str = "", **more: Any) -> Turn:
    """An answer; `to` names what it answers, with blanks between."""
    return Turn(
        role="assistant",
        content=text,
        timestamp=minutes_ago(0),
        in_reply_to=tuple(to.split()),
        **more,
    )


def bot_ignored(sids: str) -> Turn:
    return Turn(
        role="system",
        content="Not answered.",
        timestamp=minutes_ago(0),
        in_reply_to=tuple(sids.split()),
    )


def chat_of(*turns: Turn, **more: Any) -> Userchat:
    return Userchat(
        chat_id="c1",
        user_id=uuid4(),
        address="whatsapp:+15551230000",
        turns=turns,
        **more,
    )
