"""Days as a language names them."""

from datetime import date

from bot.languages.shelf import shelf

# Days before months: as most of the world writes English.
LOCALES = {"en": "en_GB"}


def name_weekday(language: str | None, day: date) -> str:
    """Return a day's weekday, such as "Monday"."""
    from babel.dates import format_date  # noqa: PLC0415  (large, seldom needed)

    return format_date(day, "EEEE", locale=_locale(language))


def name_date(language: str | None, day: date) -> str:
    """Return a day and its month, such as "24 December"."""
    from babel.dates import format_skeleton  # noqa: PLC0415  (as above)

    return format_skeleton("MMMMd", day, locale=_locale(language))


def _locale(language: str | None) -> str:
    code = shelf.find(language)
    return LOCALES.get(code, code)
