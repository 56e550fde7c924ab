"""People's names, numbers and addresses replaced by rule, each the same everywhere.

Rules find what has a shape, and the names that are known: not all that tells of a
person. So a human looks: at what was replaced, and at what may be a name still.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import regex

LEAST_NAME = 2
MOST_LEFT = 500
# Of a word in a pattern that lacks its ending.
LEAST_STEM = 4
MOST_ENDING = 2
ESCAPES = regex.compile(r"\\b|\\")
# In this order: what has others inside comes first.
SHAPES = (
    ("email", regex.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("link", regex.compile(r"\b(?:https?://|www\.)\S+", regex.IGNORECASE)),
    (
        "number",
        regex.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"),
    ),
    (
        "number",
        regex.compile(r"(?<![\d.,])\+?\d(?:(?:[ /.\-]|\) ?| ?\()?\d){6,}(?![\d])"),
    ),
    (
        "street",
        regex.compile(
            # What parts words stands in no word: else one text has many readings, and
            # takes hours.
            r"\b\p{Lu}[\p{L}'.]{0,40}(?:[ -]\p{Lu}[\p{L}'.]{0,40}){0,2}-?"
            r"(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|ufer| Street| St\.?| Road"
            r"| Rd\.?| Lane| Avenue| Ave\.?| Drive| Square) ?\d{1,4}\s?[a-z]?\b"
        ),
    ),
    (
        "street",
        regex.compile(
            r"\b\d{1,5} (?:\p{Lu}[\p{L}'.-]* ){1,3}(?:Street|St|Road|Rd|Lane|Avenue|Ave"
            r"|Drive|Square)\b"
        ),
    ),
    (
        "street",
        regex.compile(
            r"\b(?:calle|avenida|av\.|rua|rue|boulevard|via|jalan|jl\.) "
            r"(?:\p{L}[\p{L}'.-]* ){1,5}\d{1,5}\b",
            regex.IGNORECASE,
        ),
    ),
    ("place", regex.compile(r"(?<!\d)\d{5} \p{Lu}[\p{L}-]+")),
)
# Whoever tells their name says so.
TOLD = regex.compile(
    r"\b(?:my name is|i am called|this is|ich hei(?:ß|ss)e|mein name ist|me llamo"
    r"|mi nombre es|je m'appelle|mon nom est|me chamo|meu nome é|nama saya)\s+"
    r"(?P<name>\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+){0,2})",
    regex.IGNORECASE,
)
CAPITAL = regex.compile(r"\p{Lu}\p{Ll}[\p{L}'-]+")
STANDS_FIRST = regex.compile(r"(?:\A|[.!?\n:]\s*|\A\W+)\Z")
# What stands for them: of a shape that is nobody's.
# https://www.rfc-editor.org/rfc/rfc2606 (example.com)
INSTEAD = {
    "name": "Person{}",
    "email": "person{}@example.com",
    "link": "https://example.com/{}",
    "number": "+1555{:07d}",
    "street": "Example Street {}",
    "place": "00000 Place{}",
}


@dataclass(slots=True)
class Pseudonyms:
    """Replaces what is a person's; the same thing by the same word, in all texts.

    `names` are those that are known. `replaced` is what was: by what it was, its kind
    and what stands for it. `left` are words that may be names, and stand there still.
    """

    replaced: dict[str, tuple[str, str]] = field(default_factory=dict)
    left: dict[str, None] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def learn(self, names: Iterable[str | None]) -> None:
        """Take in names that are known: whole ones and each of their words."""
        for name in filter(None, names):
            words = [word for word in name.split() if len(word) >= LEAST_NAME]
            self._names += [one for one in (name.strip(), *words) if one]
        self._names = sorted(set(self._names), key=lambda name: (-len(name), name))

    def hear(self, texts: Iterable[str]) -> None:
        """Take in the names that people tell of themselves."""
        self.learn(found["name"] for text in texts for found in TOLD.finditer(text))

    def replace(self, text: str) -> str:
        """Return a text without them."""
        for kind, shape in SHAPES:
            text = shape.sub(
                lambda found, kind=kind: self._instead(kind, found[0]), text
            )
        for name in self._names:
            whole = rf"(?<![\p{{L}}\p{{N}}]){regex.escape(name)}(?![\p{{L}}\p{{N}}])"
            instead = self._instead_of_name
            text = regex.sub(whole, instead, text, flags=regex.IGNORECASE)
        self._look_at(text)
        return text

    def replace_in_pattern(self, pattern: str) -> str:
        """Return a pattern without them.

        Signs that a pattern escapes hide what has a shape, and a word in it may lack
        its ending, as a name does that a case was made from: see `deriving`.
        """
        bare = ESCAPES.sub("", pattern)
        told = self.replace(bare)
        for name in self._names:
            if _is_stem(bare.casefold(), name.casefold()):
                told = self._instead("name", name.casefold())
        if told == bare:
            self._leave(bare)
            return pattern
        return str(regex.escape(told))

    def review(self) -> Iterator[str]:
        """Yield the lines of the list that a human looks at."""
        yield "Replaced (what it was, and what stands for it):"
        for was, (kind, instead) in self.replaced.items():
            yield f"  {kind}: {was} -> {instead}"
        yield ""
        yield "Left as they are, and may be names, or places:"
        yield from (f"  {word}" for word in self.left)

    def _instead_of_name(self, found: "regex.Match[str]") -> str:
        return self._instead("name", found[0].casefold())

    def _instead(self, kind: str, was: str) -> str:
        key = was.casefold() if kind in ("email", "name") else was
        if key in self._placeholders():
            return was
        if key not in self.replaced:
            number = 1 + sum(known == kind for known, _ in self.replaced.values())
            self.replaced[key] = (kind, INSTEAD[kind].format(number))
        return self.replaced[key][1]

    def _placeholders(self) -> set[str]:
        return {instead.casefold() for _, instead in self.replaced.values()}

    def _look_at(self, text: str) -> None:
        known = self._placeholders()
        for found in CAPITAL.finditer(text):
            begins = STANDS_FIRST.search(
                text[max(found.start() - 4, 0) : found.start()]
            )
            if not begins and found[0].casefold() not in known:
                self._leave(found[0])

    def _leave(self, word: str) -> None:
        if len(self.left) < MOST_LEFT:
            self.left[word] = None


def _is_stem(word: str, name: str) -> bool:
    lacks = len(name) - len(word)
    is_like = len(word) >= LEAST_STEM and 0 < lacks <= MOST_ENDING
    return is_like and name.startswith(word)
