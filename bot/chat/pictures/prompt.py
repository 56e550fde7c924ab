"""Pictures in a prompt: how many there is room for, and where they stand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.chat.pictures.words import LABEL, LABEL_OF_QUOTED
from bot.chat.prompt import estimate_tokens
from bot.llm.protocol import ImagePart, PromptMessage, TextPart
from db.records import Userchat

# A photo that comes by WhatsApp, by the rule of most servers; the largest is twice it.
PICTURE_TOKENS = 800
# Of a prompt's budget.
SHARE_OF_PICTURES = 0.75
# Looked through for a number that an answer has from nowhere else.
MOST_READ = 2
SECONDS_OF_READING = 15.0

# A MessageSid, and the position in its message.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in a prompt: which one, its number there, and what reads its words."""

    key: Key
    number: int
    url: str = field(repr=False)
    read: Callable[[float], str | None] = field(repr=False)
    is_quoted: bool = False


def within(shown: Sequence[Shown], token_budget: int) -> tuple[Shown, ...]:
    """Return the pictures that a prompt has room for."""
    return tuple(shown[: int(token_budget * SHARE_OF_PICTURES) // PICTURE_TOKENS])


def numbered(chat: Userchat, shown: Iterable[Shown]) -> Userchat:
    """Return the chat in which each picture that is shown has its number."""
    told = {one.key: replace(chat.seen[one.key], shown_as=one.number) for one in shown}
    return replace(chat, seen={**chat.seen, **told}) if told else chat


def with_pictures(
    prompt: Sequence[PromptMessage], shown: Sequence[Shown]
) -> list[PromptMessage]:
    """Return the prompt with pictures behind the words of its last message."""
    *before, last = prompt
    if not shown:
        return [*before, last]
    parts: list[TextPart | ImagePart] = [TextPart(str(last.content))]
    for one in sorted(shown, key=lambda one: one.number):
        label = LABEL_OF_QUOTED if one.is_quoted else LABEL
        parts += [TextPart(label.format(one.number)), ImagePart(one.url)]
    return [*before, replace(last, content=tuple(parts))]


def words_in(shown: Sequence[Shown]) -> Iterator[str]:
    """Yield the words in the pictures that matter most, as far as they can be read."""
    yield from filter(None, (one.read(SECONDS_OF_READING) for one in shown[:MOST_READ]))


def tokens_of(content: str | tuple[TextPart | ImagePart, ...]) -> int:
    """Return about how many tokens a message has, its pictures included."""
    if isinstance(content, str):
        return estimate_tokens(content)
    return sum(
        PICTURE_TOKENS if isinstance(part, ImagePart) else estimate_tokens(part.text)
        for part in content
    )
