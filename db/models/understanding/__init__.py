"""What is understood of people: what they send beside text, tell, wish and judge."""

from db.models.understanding.media import media, media_chunks, media_contents
from db.models.understanding.memory import feedback, user_facts, user_preferences

__all__ = [
    "feedback",
    "media",
    "media_chunks",
    "media_contents",
    "user_facts",
    "user_preferences",
]
