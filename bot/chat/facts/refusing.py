"""What is no fact to keep: by rule, whatever a model thinks of it."""

import re
from functools import cache

import regex

from bot.chat.facts import private_words as words
from bot.chat.handoff.plain import plain

LONGEST = 200
KINDS = {
    "health": words.HEALTH,
    "belief": words.BELIEFS,
    "politics": words.POLITICS,
    "sexuality": words.SEXUALITY,
    "union": words.UNION,
    "secret": words.SECRETS,
    "others": words.OTHERS,
    "order": words.ORDERS,
}
EMAIL = re.compile(r"\S@\S")
LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
# Numbers of seven digits or more are phones, cards, accounts, ids; a date is none.
DATE = re.compile(
    r"(?<!\d)(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})(?!\d)"
)
NUMBER = re.compile(r"(?:\d[\s().\-/+]*){7,}")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}", re.IGNORECASE)
# Letters and digits in one word, as in codes and ids.
CODE = regex.compile(r"\b(?=\w*\d\w*\d)(?=\w*\p{L})\w{6,}\b")
_WHOLE = frozenset(words.WHOLE.split())
ARABIC_PREFIXES = ("وال", "بال", "لل", "ال", "و")


def find_refusal(text: str) -> str | None:
    """Return why a text is not kept, in a word; None: it may be.

    `number` stands for what a card, an account, a phone or an id is told by.
    """
    if not text.strip() or len(text) > LONGEST:
        return "length"
    dateless = DATE.sub(" ", text)
    if any(found.search(dateless) for found in (EMAIL, LINK)):
        return "address"
    if any(found.search(dateless) for found in (NUMBER, IBAN, CODE)):
        return "number"
    said = plain(text).split()
    return next((kind for kind in KINDS if _tells(kind, said)), None)


def _tells(kind: str, said: list[str]) -> bool:
    beginnings, whole = _words_of(kind)
    forms = {form for word in said for form in _forms(word)}
    return not forms.isdisjoint(whole) or any(map(beginnings.match, forms))


def _forms(word: str) -> list[str]:
    bare = (word.removeprefix(each) for each in ARABIC_PREFIXES)
    return [word, *(form for form in bare if form != word)]


@cache
def _words_of(kind: str) -> tuple[re.Pattern[str], frozenset[str]]:
    known = {plain(word): word for word in KINDS[kind].split()}
    whole = frozenset(form for form, word in known.items() if word in _WHOLE)
    begin = sorted(set(known) - whole - {""}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, begin))), whole
