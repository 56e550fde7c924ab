"""Words of messages and of tools, made comparable: English alone, as the toy is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a line."""
    return tuple(words.split())


LONGEST_TEXT = 2000
TOKEN = re.compile(r"[a-z]+n't|[a-z0-9]+")
STOP = frozenset(
    listed("""
    a an the this that these those some any all of in on at to for from by with about as
    into and or but if so it its he she they them his her their there here is are was
    were be been am do does did done have has had can could will would shall should may
    might must get got give tell tells show shows list lists find finds look looks up
    check checks return returns say says read reads search fetch call please thanks
    thank hello hi hey ok user customer person whole full one s d ll m re ve t what
    which who whom whose why how much many you your yours us me i my mine we our ours
    """)
)
# Names of tools that only tell something begin so, or what is said of them does.
READING = frozenset(
    listed("""
    tell show list find get look return check search say read fetch give count describe
    query see view
    """)
)
# Each line is one word for us.
SAME = (
    "book reserve reservation", "order parcel", "status state track", "cost price",
    "buy purchase", "open close shut closing", "cancel delete remove undo",
    "move change reschedule",
)  # fmt: skip
MINE = frozenset({"i", "my", "mine", "we", "our", "ours"})
# Behind these a word that may be a verb is one: what the user does.
BEFORE_VERBS = frozenset({"i", "we", "to"})


def bare(word: str) -> str:
    """Return a word without its ending; what it becomes is compared alone."""
    word = re.sub(r"ies$", "y", word) if len(word) > 4 else word
    if len(word) > 3 and not word.endswith(("ss", "us", "is")):
        word = word.removesuffix("s")
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            word = word.removesuffix(ending)
            break
    return re.sub(r"(.)\1$", r"\1", word.removesuffix("e") if len(word) > 3 else word)


_SAME = {bare(word): bare(line.split()[0]) for line in SAME for word in line.split()}


def root(word: str) -> str:
    """Return what stands for a word and for those that mean the same here."""
    return _SAME.get(bare(word), bare(word))


def is_formed(word: str) -> bool:
    """Tell whether a word is a verb's form: booked, booking."""
    return len(word) > 5 and word.rstrip("s").endswith(("ed", "ing"))


def tokens_of(text: str) -> list[str]:
    """Return the words of a text, small; "don't" is one of them."""
    return TOKEN.findall(text[:LONGEST_TEXT].lower().replace("\u2019", "'"))


@dataclass(frozen=True, slots=True)
class Word:
    """One word that counts: its root, its form, and whether it stands like a verb."""

    root: str
    text: str
    is_verb: bool = False

    @property
    def is_formed(self) -> bool:
        """Whether it is a verb's form."""
        return is_formed(self.text)


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text that count."""
    before = ""
    for token in tokens_of(text):
        if token not in STOP:
            yield Word(root(token), token, before in BEFORE_VERBS)
        before = token
