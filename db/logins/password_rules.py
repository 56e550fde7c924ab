"""What no password may be: short, or easy to guess for who knows the person.

Words that everybody tries, words of the person's own, and rows of keys are worth
nothing: what is left without them must be long enough by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from db.errors import OperatorError
from db.logins.passwords import LONGEST

SHORTEST = 12
LEAST_LEFT = 8
LEAST_DIFFERENT = 5
SHORTEST_WORD = 3
SHORTEST_ROW = 3
WORDS = """
admin administrator agent answer autumn baby backup banana baseball basketball batman
birthday bot business cafe changeme cheese chef chocolate coffee companion company
computer console customer default demo dragon email flower football freedom friend
geheim guest hallo hello hockey holiday house iloveyou internet january february march
april june july august september october november december kennwort killer king letmein
login love manager master michael monday tuesday wednesday thursday friday saturday
sunday monkey mother mustang office operator orange owner pass passphrase passwd
password passwort passw0rd p@ssword p@ssw0rd phone please princess root secret
security server service shadow shop simple sommer spring star starwars store summer
sunshine super supervisor support supporter system team temporary test thanks ticket
today trustno twilio user welcome whatsapp willkommen winter work world
"""
BAD = frozenset(WORDS.split())
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "qwertzuiop",
    "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "qazwsxedcrfv",
    "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
YEAR = re.compile(r"(?:19|20)\d\d")
REPEATED = re.compile(r"(.)\1{2,}")


class WeakPasswordError(OperatorError):
    """A password that is not taken; the text says why, and what would be."""


def require_strong(password: str, known: Iterable[str | None]) -> None:
    """Raise WeakPasswordError for one that is easily guessed.

    `known` is what others know of the person: e-mail address, name.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError(
            f"A password has {SHORTEST} characters at least: four words that have "
            "nothing to do with each other are good."
        )
    if len(password) > LONGEST:
        raise WeakPasswordError(f"A password has {LONGEST} characters at most.")
    left = _without_what_is_guessed(password, known)
    if len(left) < LEAST_LEFT or len(set(left)) < LEAST_DIFFERENT:
        raise WeakPasswordError(
            "This password is easily guessed: it is mostly a common word, your own "
            "name or address, or keys in a row. Take four words that have nothing to "
            "do with each other."
        )


def _without_what_is_guessed(password: str, known: Iterable[str | None]) -> str:
    left = unicodedata.normalize("NFKC", password).casefold()
    words = {*BAD, *_words_of(known)}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        left = left.replace(word, "\0")
    left = YEAR.sub("\0", left)
    for row in _rows():
        left = left.replace(row, "\0")
    return REPEATED.sub(r"\1", left).replace("\0", "")


def _words_of(known: Iterable[str | None]) -> Iterator[str]:
    for text in known:
        for word in re.split(r"[\W_]+", (text or "").casefold()):
            if len(word) >= SHORTEST_WORD:
                yield word


def _rows() -> Iterator[str]:
    """Yield rows of keys, both ways, the longest first."""
    longest = max(map(len, ROWS))
    for length in range(longest, SHORTEST_ROW - 1, -1):
        for row in ROWS:
            for start in range(len(row) - length + 1):
                part = row[start : start + length]
                yield part
                yield part[::-1]
