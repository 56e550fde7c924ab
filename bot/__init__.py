"""The WhatsApp LLM bot: what runs, from Twilio's webhook to the delivered answer."""

from db import __version__

__all__ = ["__version__"]
