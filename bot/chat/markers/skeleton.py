"""The skeleton of all markers: `[word: told]`, taken out of what an answer says.

Models write other brackets, too, set stars around a marker, and end in the middle of
one. Whatever they write is read in time that grows as its length does: no sign can be
taken in two ways, what was taken is not given back, and what is told ends at the next
bracket.
"""

import regex

# Opening and closing brackets, as models write them.
OPENING, CLOSING = r"\[\u3010\uff3b\u3014", r"\]\u3011\uff3d\u3015"
OPEN, CLOSE = rf"\\?[{OPENING}]", rf"\\?[{CLOSING}]"
# All blanks before a marker, or none: never some of them.
BLANKS = r"(?<![ \t])[ \t]*+"
_AROUND = r"[*_`~]{0,3}+"
_EMPTY_LINES = regex.compile(r"\n(?:[ \t]*+\n){2,}+")


def marker(
    word: str, most: int, *, lines: bool = False, before: str = "", behind: str = ""
) -> regex.Pattern[str]:
    """Return what finds a marker that begins with `word`, a pattern.

    Its group `told` has what stands behind the word, so many characters at most; with
    `lines` it may be of several. `before` and `behind` are patterns of what may stand
    at its brackets.
    """
    not_told = rf"{OPENING}{CLOSING}" + ("" if lines else r"\n")
    return regex.compile(
        rf"{BLANKS}{_AROUND}{before}{OPEN}[ ]*+{word}"
        rf"(?P<told>[^{not_told}]{{0,{most}}}+)(?:{CLOSE}{behind}{_AROUND}|\Z)",
        regex.IGNORECASE,
    )


def take(found_by: regex.Pattern[str], answer: str) -> tuple[str, list[str]]:
    """Return an answer without such markers, and what each of them tells."""
    told = [found["told"] for found in found_by.finditer(answer)]
    return (tidied(found_by.sub("", answer)), told) if told else (answer, told)


def tidied(text: str) -> str:
    """Return a text without the empty lines that a marker leaves."""
    left: str = _EMPTY_LINES.sub("\n\n", text)
    return left.strip()
