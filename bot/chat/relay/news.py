"""What an operator is told of a case, and in which words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.prompt import media_kind
from bot.chat.relay import sentences
from bot.chat.relay.cleaning import clean, clean_line, clean_name
from db.records import Turn
from db.records.alerts import Case, News, OnDuty

# A burst is told whole, a novel is not: the console has it.
MOST_TURNS = 10
MOST_LAST_WORDS = 3
LONGEST_WORDS = 4000
LONGEST_EXCERPT = 120
# WhatsApp takes one message each six seconds from one number to another, on average.
# https://developers.facebook.com/docs/whatsapp/cloud-api/overview#pair-rate-limits
PAUSE_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Told:
    """What to tell, and what it is about: the same is told once.

    `message_sid` is the last of the customer's messages that it tells, `turns` are
    those.
    """

    text: str
    about: str
    message_sid: str | None
    turns: tuple[Turn, ...] = ()


def find_told(news: News, operator: OnDuty) -> Told | None:
    """Return what this operator is told now; None: they know all of it."""
    new = find_new(news.turns, operator.told_sid)
    last = next((turn.message_sid for turn in reversed(new) if turn.message_sid), None)
    if news.event is not None and not operator.knows_event:
        latest = new[-MOST_LAST_WORDS:]
        text = "\n".join([_headline(news), *_quoted(latest), *_how(news)])
        return Told(text, news.event_id, last, tuple(latest))
    if last is None:
        return None
    case = news.case
    name = clean_name(case.name)
    line = sentences.WRITES.format(ticket=case.ticket_id, name=name)
    return Told("\n".join([line, *_quoted(new)]), last, last, tuple(new))


def is_too_soon(news: News, operator: OnDuty) -> bool:
    """Tell whether words wait a moment, so that a flood is told in few messages."""
    is_event = news.event is not None and not operator.knows_event
    ago = operator.told_ago
    return not is_event and ago is not None and ago < PAUSE_SECONDS


def find_new(turns: Sequence[Turn], told_sid: str | None) -> list[Turn]:
    """Return the customer's last words that nobody told, and no person answered."""
    new: list[Turn] = []
    for turn in turns:
        if turn.role == "user":
            new.append(turn)
        if turn.author is not None or (told_sid and turn.message_sid == told_sid):
            new = []
    return new[-MOST_TURNS:]


def why_of(case: Case) -> str:
    """Return why a person is needed."""
    told = case.reason or ""
    return sentences.REASONS.get(told) or clean_line(told, 60) or "not told"


def excerpt_of(news: News) -> str:
    """Return the beginning of the customer's last words, on one line."""
    last = next((t for t in reversed(news.turns) if t.role == "user"), None)
    words = " ".join(_words_of(last)) if last else ""
    return clean_line(words, LONGEST_EXCERPT) or sentences.NO_WORDS


def template_variables(news: News) -> dict[str, str]:
    """Return what stands in a template's gaps: one line each, and none of them empty.

    https://www.twilio.com/docs/content/using-variables-with-content-api
    """
    case = news.case
    return {
        "1": clean_name(case.name),
        "2": why_of(case) if news.event == "waits" else sentences.ENDS_SOON,
        "3": excerpt_of(news),
        "4": str(case.ticket_id),
    }


def template_text(variables: dict[str, str]) -> str:
    """Return the text that the template makes, as it is documented."""
    names = ("name", "why", "words", "ticket")
    filled = dict(zip(names, variables.values(), strict=True))
    return sentences.TEMPLATE.format(**filled)


def ago(since: datetime | None) -> str:
    """Return how long ago it was, in the largest unit that fits."""
    passed = datetime.now(UTC) - since if since else timedelta(0)
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def caption_of(case: Case) -> str:
    """Return what stands under a picture of a customer's."""
    return sentences.WRITES.format(ticket=case.ticket_id, name=clean_name(case.name))


def _headline(news: News) -> str:
    case = news.case
    known = {"ticket": case.ticket_id, "name": clean_name(case.name)}
    if news.event == "waits":
        return sentences.WAITS.format(**known, why=why_of(case))
    left = news.ends_at - datetime.now(UTC) if news.ends_at else timedelta(0)
    minutes = max(0, round(left.total_seconds() / 60))
    return sentences.ENDS.format(**known, minutes=minutes)


def _how(news: News) -> list[str]:
    return [sentences.HOW] if news.event == "waits" else []


def _quoted(turns: Sequence[Turn]) -> list[str]:
    """Return words as lines that can't be taken for ours: each of them is a quote."""
    lines = [line for turn in turns for line in _words_of(turn)]
    text = "\n".join(f"> {line}" for line in lines if line.strip())
    if len(text) > LONGEST_WORDS:
        text = f"{text[:LONGEST_WORDS]}\u2026"
    return [text] if text else []


def _words_of(turn: Turn) -> Iterator[str]:
    yield from clean(turn.content).splitlines()
    for media in turn.media:
        yield sentences.MEDIA[media_kind(media)]
