"""How people speak of prices and stock, in eleven languages, as patterns."""

# ruff: noqa: RUF001 - words of other languages

from dataclasses import dataclass

import regex

from bot.knowledge.catalogues.prices import CODES, NAMED, SEVERAL
from bot.knowledge.words import split_words

# Bounds in English, German, French, Spanish, Portuguese, Italian, Dutch, Russian,
# Chinese, Arabic and Hindi.
BELOW = """
    under, below, less than, cheaper than, unter, weniger als, günstiger als,
    billiger als, moins de, moins cher que, menos de, por debajo de, más barato que,
    abaixo de, mais barato que, meno di, sotto i, onder de, minder dan, goedkoper dan,
    менее, меньше, дешевле, 低于, 少于, 不到, أقل من, أرخص من
"""
AT_MOST = """
    no more than, not more than, at most, maximum, höchstens, maximal, nicht mehr als,
    pas plus de, au maximum, como máximo, no más de, no máximo, al massimo, non più di,
    hoogstens, maximaal, не дороже, не более, не больше, 不超过, لا يزيد عن
"""
ABOVE = """
    over, above, more than, dearer than, über, mehr als, teurer als, plus de, más de,
    por encima de, mais de, acima de, più di, sopra i, oltre, boven de, meer dan,
    duurder dan, более, больше, дороже, 高于, 超过, 多于, أكثر من, أغلى من
"""
AT_LEAST = """
    at least, mindestens, au moins, al menos, pelo menos, almeno, minstens, не менее
"""
# These may speak of time or of a place as well ("bis 5"): a currency must stand there.
UNTIL = """
    up to, within, until, max, for, bis zu, bis, für, jusqu'à, jusqu’à, sous, pour,
    hasta, por, até, fino a, entro, sotto, onder, tot, voor, до, за, تحت, حتى
"""
FROM = """
    from, ab, von, à partir de, dès, desde, a partir de, da, boven, vanaf, от, من, فوق
"""
BELOW_AFTER, AT_MOST_AFTER = "से कम, के नीचे, से नीचे", "以下, 以内, 之内, 以里, तक, के अंदर"
ABOVE_AFTER, AT_LEAST_AFTER = "से ज़्यादा, से ज्यादा, से अधिक, से ऊपर", "以上"
BETWEEN = (
    "between, zwischen, entre, tra, fra, tussen, from, von, de, da, от, بين, من, 从"
)
AND = (
    "and, to, und, bis, et, à, y, a, e, en, tot, до, и, 到, 至, و, إلى, से, और, -, –, —"
)
CHEAPEST = """
    cheapest, least expensive, lowest price, billigste, billigsten, billigstes,
    günstigste, günstigsten, günstigstes, preiswerteste, moins cher, moins chère,
    moins chers, le meilleur marché, más barato, más barata, más baratos, más baratas,
    mais barato, mais barata, mais baratos, meno caro, meno cara, più economico,
    più economica, goedkoopste, самый дешевый, самый дешёвый, самая дешевая,
    самая дешёвая, самые дешевые, самое дешевое, дешевле всего, 最便宜, الأرخص, أرخص,
    सबसे सस्ता, सबसे सस्ती, सबसे सस्ते
"""
DEAREST = """
    dearest, most expensive, highest price, teuerste, teuersten, teuerstes, plus cher,
    plus chère, más caro, más cara, mais caro, mais cara, più caro, più cara, duurste,
    самый дорогой, самая дорогая, самые дорогие, дороже всего, 最贵, الأغلى, أغلى,
    सबसे महंगा, सबसे महंगी, सबसे महँगा
"""
IN_STOCK = """
    in stock, available now, auf lager, vorrätig, lieferbar, en stock,
    en existencia, disponible ahora, em stock, em estoque, disponibile subito,
    in magazzino, op voorraad, в наличии, 有货, 现货, متوفر, متوفرة, في المخزون, स्टॉक में
"""
NOT_IN_STOCK = (
    "out of stock, not in stock, nicht auf lager, nicht vorrätig, nicht lieferbar, "
    "нет в наличии, 没有现货, غير متوفر, غير متوفرة"
)


def _any(words: str) -> str:
    """Return a pattern for one of the phrases, the longest first."""
    phrases = {" ".join(phrase.split()) for phrase in words.split(",")}
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(regex.escape(p).replace("\\ ", r"\s+") for p in longest)


# A word begins where no letter stands before it; Chinese has no blanks.
START, END = r"(?<![\p{L}\p{M}--\p{Han}])", r"(?![\p{L}\p{M}--\p{Han}])"
SIGN = rf"(?:{_any(','.join((*NAMED, *SEVERAL, *CODES)))})"
# From its first digit, and as a whole: many digits are tried once, not from each one.
NUMBER = r"(?<![\d.,])\d(?:[\d.,'\u066b\u066c]{0,18}\d)?+(?!\d)"


def _amount(name: str) -> str:
    return (
        rf"(?:(?<before{name}>{SIGN})\s?)?(?<number{name}>{NUMBER})"
        rf"(?:\s?(?<after{name}>{SIGN}){END})?"
    )


def _pattern(text: str) -> "regex.Pattern[str]":
    """Compile; ß need not be found as SS, which takes thrice the time to prepare."""
    return regex.compile(f"(?-f){text}", regex.V1 | regex.IGNORECASE)


def _phrases(words: str) -> "regex.Pattern[str]":
    return _pattern(rf"{START}(?:{_any(words)}){END}")


BOTH = _pattern(
    rf"(?:{START}(?:{_any(BETWEEN)})\s*)?{_amount('1')}\s*(?:{_any(AND)})\s*"
    rf"{_amount('2')}"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """Words that make an amount a bound."""

    pattern: "regex.Pattern[str]"
    is_upper: bool
    is_strict: bool = False
    needs_currency: bool = False


def _before(words: str) -> "regex.Pattern[str]":
    return _pattern(rf"{START}(?:{_any(words)})\s*{_amount('')}")


def _after(words: str) -> "regex.Pattern[str]":
    return _pattern(rf"{_amount('')}\s*(?:{_any(words)})")


BOUNDS = (
    Bound(_before(AT_MOST), is_upper=True),
    Bound(_before(AT_LEAST), is_upper=False),
    Bound(_before(BELOW), is_upper=True, is_strict=True),
    Bound(_before(ABOVE), is_upper=False, is_strict=True),
    Bound(_after(BELOW_AFTER), is_upper=True, is_strict=True),
    Bound(_after(ABOVE_AFTER), is_upper=False, is_strict=True),
    Bound(_after(AT_MOST_AFTER), is_upper=True),
    Bound(_after(AT_LEAST_AFTER), is_upper=False),
    Bound(_before(UNTIL), is_upper=True, needs_currency=True),
    Bound(_before(FROM), is_upper=False, needs_currency=True),
)
CHEAP, DEAR = _phrases(CHEAPEST), _phrases(DEAREST)
STOCK, NO_STOCK = _phrases(IN_STOCK), _phrases(NOT_IN_STOCK)
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")
# The commonest words of a question, which name nothing.
EMPTY = frozenset(
    split_words(
        """
        the what which have has you your any are there with that and can how much
        get buy something anything want give show was welche welches welcher gibt
        ist sind das die der den ein eine einen ich habt haben kann etwas mit und
        que quel quelle quels les des une avez vous est hay qué cuál cuesta tienen
        tiene una unos los las del para por con não tem têm qual quais che cosa
        avete sono costa wat welke heeft het een hebben что есть вас как какой какая
        какие это मुझे क्या है कौन सा كم هل ما
        """
    )
)
# A priced product is found by them as well: no word of "what does it cost?" stands
# nowhere then. All products have them, so that none is found for them alone.
ASKED_FOR = tuple(
    split_words(
        """
        cost much preis kostet kosten viel precio cuesta cuánto preço custa quanto
        prix coûte combien prezzo costa prijs kost цена стоит сколько السعر كم
        कीमत कितने 价格 多少钱 いくら fiyat
        """
    )
)
# What may follow an amount without a currency: nothing that it could count.
ENDS = _pattern(r"\s*(?:$|[?!.,;:)？！。，؟।]|please|bitte|por favor|s'il|пожалуйста)")
