"""Somebody for whom tools are called."""

from uuid import UUID

from bot.tools.protocol import Caller

ANA = Caller(
    user_id=UUID(int=1), address="whatsapp:+15551230001", chat_id="a", name="Ana"
)
