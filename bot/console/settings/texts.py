"""The page of what the bot says itself, in each of its languages."""

from flask import Blueprint, render_template, request

from bot.console.permissions import May, needs
from bot.languages.names import LANGUAGES, RIGHT_TO_LEFT, find_language
from bot.languages.shelf import shelf


def register(routes: Blueprint) -> None:
    """Add the page."""
    routes.get("/settings/texts")(texts)


@needs(May.SET_TEXTS)
def texts() -> str:
    """Show all sentences in one language, and which of them an operator changed."""
    # Babel is slow to load, and no other page needs it.
    from bot.languages.listing import list_sentences  # noqa: PLC0415

    code = find_language(request.args.get("language")) or shelf.default
    return render_template(
        "settings/texts.html",
        code=code,
        languages=LANGUAGES,
        sentences=list_sentences(shelf, code),
        direction="rtl" if code in RIGHT_TO_LEFT else "ltr",
    )
