"""Amounts of money as people and lists write them, read exactly."""

# ruff: noqa: RUF001 - words and signs of other languages

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import decimal, normalize

import regex

# ISO 4217, the currencies in use.
KNOWN_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD
BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB
EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST
XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(KNOWN_CODES.split())
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "PYG", "XAF", "XOF"})
# What people write for them. Where it may be several, the first is meant unless the
# list says which; an empty one must be said.
SIGNS = {
    "EUR": "€ euro euros евро يورو 欧元 यूरो",
    "USD": "us$ usd$",
    "GBP": "£ pound pounds pfund libras livres фунтов 英镑",
    "RUB": "₽ руб рубль рубля рублей rubel rubles roubles rublos 卢布",
    "INR": "₹ rs rupee rupees rupien रुपये रुपए रुपया",
    "CNY": "元 块 人民币 rmb yuan cn¥",
    "JPY": "円 yen 日元",
    "CHF": "fr sfr franken",
    "TRY": "₺ tl lira",
    "KRW": "₩ 원",
    "ILS": "₪",
    "UAH": "₴ грн",
    "PLN": "zł zl złoty złotych",
    "CZK": "kč",
    "BRL": "r$ real reais",
    "THB": "฿ บาท",
    "NGN": "₦",
    "SAR": "ريال",
    "VND": "₫",
    "CAD": "c$ ca$",
    "AUD": "a$ au$",
    "MXN": "mx$",
}
SEVERAL = {
    "$": ("USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "ARS", "CLP", "COP", "TWD"),
    "¥": ("JPY", "CNY"),
    "kr": ("", "SEK", "NOK", "DKK", "ISK"),
}
DOLLARS = (
    "dollar dollars dólares dolares dollari доллар доллара долларов دولار 美元 डॉलर"
)
NAMED = {sign: code for code, signs in SIGNS.items() for sign in signs.split()}
SEVERAL |= dict.fromkeys(DOLLARS.split(), SEVERAL["$"])
BLANKS = regex.compile(r"(?<=\d)[\s'’\u066c](?=\d{3}(?!\d))")
SHAPE = regex.compile(r"(?<sign>[^\d.,+-]*)(?<number>[\d.,]*\d)(?<after>[^\d+]*)")
GROUPED = regex.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})")
WHOLE = regex.compile(r"\d{1,12}")
MOST_DECIMALS = 6
MOST_CHARACTERS = 60


class AmountError(ValueError):
    """Says why a text is no amount, for an operator."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and the currency as it was written beside it ("" for none)."""

    number: Decimal
    sign: str


def find_currency(sign: str, told: str | None = None) -> str | None:
    """Return the ISO 4217 code of "€", "euros" or "EUR"; None if it is unknown.

    Where a sign is that of several ("$"), it is the one that is `told` elsewhere.
    """
    folded = normalize("NFKC", sign).strip().strip(".").casefold()
    if folded.upper() in CODES:
        return folded.upper()
    if folded in SEVERAL:
        codes = SEVERAL[folded]
        return told if told in codes else codes[0] or None
    return NAMED.get(folded)


def find_decimal_mark(texts: Iterable[str]) -> str | None:
    """Return "." or "," if all prices of a column that can only mean one agree."""
    marks = set(map(_mark_of, texts)) - {None}
    return marks.pop() if len(marks) == 1 else None


def read_amount(text: str, mark: str | None = None) -> Amount:
    """Read "4,20 €", "1.234,50" or "$5".

    `mark` decides what "1.234" means. Raises AmountError where that is unknown, and for
    what is no amount.
    """
    found = SHAPE.fullmatch(_plain(text))
    if (
        len(text) > MOST_CHARACTERS
        or found is None
        or (found["sign"].strip() and found["after"].strip(" .-"))
    ):
        raise AmountError("is no amount")
    own = _mark_of(text)
    if own is None and (grouped := GROUPED.fullmatch(found["number"])):
        if mark is None:
            raise AmountError("may mean two amounts: write it with two decimals")
        own = mark
        if grouped[1] != mark:
            return Amount(_exact(found["number"].replace(grouped[1], "")), _sign(found))
    return Amount(_number(found["number"], own), _sign(found))


def exactly(number: Decimal) -> Decimal:
    """Return a price. Raises AmountError if it is none."""
    if not number.is_finite() or number < 0:
        raise AmountError("is no price")
    return _exact(f"{number:f}")


def write_price(price: Decimal, currency: str | None) -> str:
    """Return a price as people read it: all of its decimals, two at least."""
    shown = f"{price:f}"
    if currency not in WITHOUT_CENTS and len(shown.partition(".")[2]) < 2:
        shown = f"{price:.2f}"
    return f"{shown} {currency}" if currency else shown


def _plain(text: str) -> str:
    """Return it with plain digits, without blanks between thousands."""
    if text.isascii() and " " not in text and "'" not in text:
        return text[:MOST_CHARACTERS]
    digits = "".join(
        str(decimal(sign, sign)) if sign.isdecimal() else sign
        for sign in normalize("NFKC", text[:MOST_CHARACTERS]).strip().replace("٫", ",")
    )
    plain: str = BLANKS.sub("", digits)
    return plain


def _mark_of(text: str) -> str | None:
    """Return the decimal mark, if the text alone tells which it is."""
    found = SHAPE.fullmatch(_plain(text))
    number = found["number"] if found else ""
    marks = [sign for sign in number if sign in ".,"]
    if not marks or GROUPED.fullmatch(number):
        return None
    if len(marks) > 1 and len(set(marks)) == 1:
        return "," if marks[0] == "." else "."
    return marks[-1]


def _number(number: str, mark: str | None) -> Decimal:
    other = "," if mark == "." else "."
    whole, _, cents = number.partition(mark) if mark else (number, "", "")
    groups = whole.split(other) if mark else [whole]
    is_right = (
        len(groups) == 1
        or (
            1 <= len(groups[0]) <= 3
            and len(groups[-1]) == 3
            # In India: 1,23,456.
            and all(2 <= len(group) <= 3 for group in groups[1:])
        )
    )
    if not is_right or (cents and not cents.isdecimal()):
        raise AmountError("is no amount")
    return _exact("".join(groups) + (f".{cents}" if cents else ""))


def _exact(number: str) -> Decimal:
    whole, _, cents = number.partition(".")
    if WHOLE.fullmatch(whole or "0") is None or len(cents) > MOST_DECIMALS:
        raise AmountError("is too large, or has too many decimals")
    return Decimal(number)


def _sign(found: "regex.Match[str]") -> str:
    """Return what stands beside it, but for the dash of "5,-"."""
    sign: str = found["sign"].strip() or found["after"]
    return sign.strip(" .,-")
