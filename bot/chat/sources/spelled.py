"""Numbers that are written as words: how many, noon and midnight, half of something."""

from collections.abc import Iterator
from decimal import Decimal

import regex

from bot.chat.sources.numbers import Number
from bot.knowledge.words import fold

# From two on, in English, German, Spanish, French, Portuguese, Italian, Dutch, Russian.
# Without the Spanish eleven, "once", which is none in English.
_LISTED = """
two zwei dos deux dois duas due twee два две
three drei tres trois três tre drie три
four vier cuatro quatre quatro quattro четыре
five fünf cinco cinq cinque vijf пять
six sechs seis sei zes шесть
seven sieben siete sept sete sette zeven семь
eight acht ocho huit oito otto восемь
nine neun nueve neuf nove negen девять
ten zehn diez dix dez dieci tien десять
eleven elf onze undici одиннадцать
twelve dozen zwölf dutzend doce docena douze douzaine doze dúzia dodici dozzina twaalf
"""
_COUNTS = {
    word: Decimal(count)
    for count, line in enumerate(fold(_LISTED).strip().split("\n"), 2)
    for word in line.split()
}
_NOON = frozenset(fold("noon midday mittag mittags midi mediodía meio-dia").split())
_MIDNIGHT = frozenset(fold("midnight mitternacht minuit medianoche mezzanotte").split())
_HALF = frozenset(
    fold("half hälfte halbe halben moitié mitad metade metà helft половина").split()
)
_WORD = regex.compile(r"[\p{L}\p{M}-]+")


def spelled_counts(text: str) -> set[Decimal]:
    """Return how many of something a text names in words."""
    return {_COUNTS[word] for word in _words(text) if word in _COUNTS}


def spelled_numbers(text: str) -> Iterator[Number]:
    """Yield the times and shares that a text names in words."""
    for word in _words(text):
        if word in _NOON:
            yield Number("time", frozenset({Decimal(12 * 60)}), word)
        elif word in _MIDNIGHT:
            yield Number("time", frozenset({Decimal(0)}), word)
        elif word in _HALF:
            yield Number("share", frozenset({Decimal(50)}), word)


def _words(text: str) -> list[str]:
    return list(map(str, _WORD.findall(fold(text))))
