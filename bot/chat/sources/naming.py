"""How the user is told where an answer stands: once, short, in any language."""

from collections.abc import Iterable

from bot.chat import sentences
from bot.chat.sources.material import find_picture
from bot.chat.sources.plain import is_plain_url, plain_name
from bot.languages.speaking import speak
from db.records import PartContent, Passage

MOST_SOURCES = 3
LONGEST_TITLE = 80
LONGEST_URL = 300


def name_sources(
    passages: Iterable[Passage], shown: str, language: str | None = None
) -> str:
    """Return the line under an answer; "" if there is nothing to name.

    `shown` is one of SHOWN. A source is named once, whatever else of it is cited.
    """
    if shown == "off":
        return ""
    pages: dict[str, list[str]] = {}
    for passage in passages:
        title = _title(passage) or _unnamed(passage, language)
        told = pages.setdefault(title, [])
        place = _link(passage) if shown == "links" else None
        told += [place or _place(passage, language)]
    named = [_joined(title, told) for title, told in pages.items() if title]
    return sentences.SOURCES.format("; ".join(named[:MOST_SOURCES])) if named else ""


def picture_of(passage: Passage) -> PartContent | None:
    """Return the message with the picture of a passage's product, if it has one."""
    url = find_picture(passage.product)
    if url is None or passage.product is None:
        return None
    name = plain_name(passage.product.name, LONGEST_TITLE)
    return PartContent(name or _title(passage), media=(url,), instead="")


def _title(passage: Passage) -> str:
    title = plain_name(passage.title, LONGEST_TITLE)
    if passage.product is None:
        return title
    name = plain_name(passage.product.name, LONGEST_TITLE)
    return ": ".join(filter(None, (title, name)))


def _unnamed(passage: Passage, language: str | None) -> str:
    return speak(language, sentences.YOUR_DOCUMENT) if passage.is_own else ""


def _place(passage: Passage, language: str | None) -> str:
    if not passage.page:
        return ""
    return speak(language, sentences.PAGE, page=passage.page)


def _link(passage: Passage) -> str | None:
    """Return the page for people: a product's own, or the document's."""
    url = (passage.product.url if passage.product else None) or passage.url or ""
    is_page = url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL
    return url if is_page and is_plain_url(url) else None


def _joined(title: str, places: Iterable[str]) -> str:
    told = list(dict.fromkeys(filter(None, places)))[:MOST_SOURCES]
    if not told:
        return title
    between = " " if "://" in told[0] else ", "
    return f"{title}{between}{', '.join(told)}"
