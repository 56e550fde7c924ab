"""The application that Twilio calls."""

from collections.abc import Callable

from flask import Flask

from bot.serving.health import health_routes
from bot.whatsapp.webhook import LARGEST_BODY, Webhooks


def build_app(
    webhooks: Webhooks, find_fault: Callable[[], str | None], about: str
) -> Flask:
    """Return the application; `find_fault` and `about` are for /readyz."""
    app = Flask("bot")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.register_blueprint(webhooks.blueprint())
    app.register_blueprint(health_routes(find_fault, about))
    return app
