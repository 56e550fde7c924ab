"""What people put around a word: quotes, markup, emoji, a "please"."""

import unicodedata

COURTESIES = {"please", "pls", "plz"}
# A question about a word is no command ("stop?"), and a slash is part of one.
KEPT_SIGNS = "/?\uff1f\u00bf"
# Longer than any command in any dress: a novel is not looked through.
LONGEST_COMMAND = 100


def undressed(text: str) -> str:
    """Return the words without what is around them, and once if they are repeated.

    Nothing, where a text is too long to be a command.
    """
    if len(text) > LONGEST_COMMAND:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = [bare for word in plain.split() if (bare := _bare(word))]
    while words and words[0] in COURTESIES:
        words.pop(0)
    while words and words[-1] in COURTESIES:
        words.pop()
    return words[0] if len(set(words)) == 1 else " ".join(words)


def read_behind(word: str, text: str) -> str | None:
    """Return what stands behind `/word` in a text; None: it does not begin so."""
    said = text.strip()
    head = said[: len(word) + 1].casefold()
    rest = said[len(word) + 1 :]
    return rest.strip() if head == f"/{word}" and rest[:1] in {"", *" \n\t\r"} else None


def read_title(text: str) -> str | None:
    """Return the title behind `/learn`, empty if there is none; None: no `/learn`."""
    if undressed(text) == "/learn":
        return ""
    given = read_behind("learn", text)
    return None if given is None else " ".join(given.split())


def _bare(word: str) -> str:
    """Return the word without signs and symbols at its ends."""
    begin, end = 0, len(word)
    while begin < end and _is_dress(word[begin]):
        begin += 1
    while begin < end and _is_dress(word[end - 1]):
        end -= 1
    return word[begin:end]


def _is_dress(sign: str) -> bool:
    """Tell whether it is punctuation, a symbol or emoji, or what joins or tints one."""
    return sign not in KEPT_SIGNS and unicodedata.category(sign)[0] in "PSMC"
