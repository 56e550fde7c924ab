"""The numbers in a text: prices, times, shares and long ones, however they are written.

4.20, 4,20 and the same in Arabic or Hindi digits are one number; 1.200 may be two.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import regex

Kind = Literal["money", "time", "share", "decimal", "long", "plain"]

_FOLDED = str.maketrans(
    "\u066b\u066c\uff0e\uff0c\uff1a\uff05\u066a\u2019\u00a0\u2009\u202f\u2212",
    ".,.,:%%'   -",
)
_CODES = {
    "EUR": "\u20ac euro euros \u0435\u0432\u0440\u043e \u064a\u0648\u0631\u0648 "
    "\u6b27\u5143 \u30e6\u30fc\u30ed \uc720\ub85c \u092f\u0942\u0930\u094b \u20aceur",
    "GBP": "\u00a3 pound pounds quid libra libras",
    "JPY": "\u00a5 yen yuan cny rmb \u5143 \u5186 \u5706",
    "INR": "\u20b9 rupee rupees rs rs. \u0930\u0941\u092a\u092f\u0947 "
    "\u0930\u0941\u092a\u090f",
    "CHF": "fr. sfr. franken",
    "RUB": "\u20bd rubles \u0440\u0443\u0431\u043b\u0435\u0439 \u0440\u0443\u0431",
    "PLN": "z\u0142 zloty",
    "TRY": "\u20ba lira tl",
    "SEK": "kr kr. nok dkk isk",
    # Of many countries: each may be meant by it.
    "$": "us$ r$ a$ c$ dollar dollars usd cad aud nzd sgd hkd mxn ars clp cop brl "
    "peso pesos reais real d\u00f3lares d\u00f3lar",
    "": "aed sar qar egp mad zar ngn kes ghs php idr thb vnd krw czk huf ron bgn pen "
    "uyu ils \u0631\u064a\u0627\u0644 \u062f\u0631\u0647\u0645 \u0e1a\u0e32\u0e17 "
    "\uc6d0 ft k\u010d lei baht francs franc",
}
_CURRENCY = {
    word: code
    for code, words in _CODES.items()
    for word in (code.lower(), *words.split())
    if word
}
_CENTS = ("cent", "cents", "ct", "centimes", "pence", "p")
_BY_LENGTH = sorted(_CURRENCY, key=len, reverse=True)
_WORDS = "|".join(map(regex.escape, _BY_LENGTH))
_NUMBER = (
    r"(?>\d{1,3}(?:[ ,.']\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)"
)
_UNIT = rf"(?:(?:{_WORDS})(?![\p{{L}}\p{{M}}])|\p{{Sc}})"
_CENT = rf"(?:(?:{'|'.join(_CENTS)})(?!\p{{L}})|\u00a2)"
_HALF = r"(?P<half>[ap]\.?m\b\.?)"
_HOUR_WORDS = (
    r"(?:uhr\b|o'clock\b|horas\b|heures?\b|ore\b|\u0447\b|\u0447\u0430\u0441|\u6642"
    r"|\u65f6|\u70b9|\u9ede|\uc2dc|\u092c\u091c\u0947)"
)
# 9.30 to 18.30 h: what it is stands behind the second one.
_UNTIL = (
    r"\s?(?:-|\u2013|\u2014|bis|to|until|a|\u00e0|t/m|tot)\s?(?:[01]?\d|2[0-4])"
    rf"[.:][0-5]\d\s?(?:[ap]\.?m\b|h\b|{_HOUR_WORDS})"
)
# 24.12. has no year, and a sign behind it.
_DAY = r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)"
_SHAPES = regex.compile(
    r"(?P<skipped>https?://\S+|\b[\w.+-]+@[\w.-]+\b"
    r"|(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)|(?<!\d)\d{1,2}([./-])\d{1,2}\2(?:\d{4}|\d{2})"
    rf"(?!\d)|{_DAY}(?=\s?(?:-|\u2013|bis\b|und\b|to\b|and\b))"
    rf"|(?<=\b(?:am|ab|bis|vom|zum|und|on|from|until|to|and)\s){_DAY})"
    rf"|(?P<time>(?<!\d)(?P<h>[01]?\d|2[0-4])(?::(?P<m>[0-5]\d)(?!\d)(?:\s?{_HALF})?"
    rf"|[.h](?P<m2>[0-5]\d)(?:\s?(?:{_HALF}|{_HOUR_WORDS}|h\b)|(?={_UNTIL}))|h(?P<m3>[0-5]\d)?(?![\p{{L}}\d])"
    rf"|\s?(?:{_HALF}|{_HOUR_WORDS})))"
    rf"|(?P<share>(?<!\d)(?<!\d[.,])(?P<s>{_NUMBER})\s?(?:%|percent\b|per\ cent\b"
    r"|prozent\b|por\ ciento|por\ cento|pour\ cent|per\ cento|\u043f\u0440\u043e\u0446"
    r"|\u092a\u094d\u0930\u0924\u093f\u0936\u0924))"
    rf"|(?P<money>(?<![\p{{L}}])(?P<c1>{_UNIT})\s?(?P<n1>{_NUMBER})"
    rf"|(?<!\d)(?<!\d[.,])(?P<n2>{_NUMBER})(?:,-|\.-)?\s?(?P<c2>{_UNIT})"
    r"(?:(?<=\p{L}|\p{Sc})\s?(?P<minor>\d\d)(?!\d|[.,:]\d|\s?%))?)"
    rf"|(?P<cents>(?<!\d)(?<!\d[.,])(?P<n3>\d+)\s?{_CENT})"
    r"|(?P<long>(?<![\d.,])\+?\d(?:(?:[ /.-]|\) ?|\ ?\()?\d){6,}(?!\d|[.,]\d))"
    rf"|(?P<bare>(?<!\d)(?<!\d[.,])(?P<n4>{_NUMBER}))"
    r"(?!\s?(?:[kmc]?[gml]|cl|ml|mm|km|kcal)\b)",
    regex.IGNORECASE,
)
_PRICE = regex.compile(r"\d[.,]\d\d\Z")
_DIGITS = regex.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text.

    `values` are what it may mean: amounts, or minutes of a day. `currency` is None
    where none is told, "" where it is none that is told apart.
    """

    kind: Kind
    values: frozenset[Decimal]
    digits: str
    currency: str | None = None


def read_numbers(text: str) -> list[Number]:
    """Return the numbers of a text in their order, but for dates and addresses."""
    return [n for match in _SHAPES.finditer(_fold(text)) for n in _read(match)]


def _fold(text: str) -> str:
    text = text.translate(_FOLDED)
    if text.isascii():
        return text
    return "".join(_digit(sign) for sign in text)


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _read(match: "regex.Match[str]") -> Iterator[Number]:
    digits = _DIGITS.sub("", match[0])
    if match["time"]:
        yield Number("time", _minutes(match), digits)
    elif match["share"]:
        yield Number("share", _amounts(match["s"]), digits)
    elif match["money"]:
        unit = (match["c1"] or match["c2"]).lower()
        amounts = _amounts(match["n1"] or match["n2"])
        if match["minor"]:  # 2 euros 60, or 2 euros for 60 of them
            cents = Decimal(match["minor"]) / 100
            amounts |= {_norm(a + cents) for a in amounts if a == a.to_integral()}
        yield Number("money", amounts, digits, _CURRENCY.get(unit, unit))
    elif match["cents"]:
        yield Number("money", frozenset({_norm(Decimal(match["n3"]) / 100)}), digits)
    elif match["long"]:
        yield Number("long", frozenset(), digits)
    elif match["bare"]:
        kind: Kind = "decimal" if _PRICE.search(match["bare"]) else "plain"
        yield Number(kind, _amounts(match["n4"]), digits)


def _minutes(match: "regex.Match[str]") -> frozenset[Decimal]:
    """Return the minutes of a day that a time may mean: 6:00 may be in the evening."""
    hour = int(match["h"]) % 24
    minute = int(match["m"] or match["m2"] or match["m3"] or 0)
    half = (match["half"] or "").lower()[:1]
    hours = {hour, hour + 12} if 0 < hour <= 12 else {hour}
    if half and hour <= 12:
        hours = {hour % 12 + 12 * (half == "p")}
    return frozenset(Decimal(h % 24 * 60 + minute) for h in hours)


def _amounts(written: str) -> frozenset[Decimal]:
    """Return what a number may mean: a sign before three digits may be either."""
    plain = written.replace(" ", "").replace("'", "")
    signs = [sign for sign in plain if sign in ".,"]
    if not signs:
        readings = {plain}
        if " " in written:  # 12 345 may be two numbers that stand side by side
            readings |= set(written.split())
        return frozenset(_norm(Decimal(reading)) for reading in readings)
    last = signs[-1]
    whole, _, fraction = plain.rpartition(last)
    grouped = plain.replace(",", "").replace(".", "")
    decimal = f"{whole.replace(',', '').replace('.', '')}.{fraction}"
    if len(set(signs)) == 2 or len(fraction) != 3:
        return frozenset({_norm(Decimal(decimal))})
    if len(signs) > 1:
        return frozenset({_norm(Decimal(grouped))})
    return frozenset({_norm(Decimal(decimal)), _norm(Decimal(grouped))})


def _norm(value: Decimal) -> Decimal:
    return value.normalize() + 0
