"""An answer explained on the terminal, in sentences. What people wrote is made safe."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.terminal import one_line, printable
from db.queries.explained import Explained
from db.records import CallState
from db.support.said import ShownCall, ShownMaking, ShownPassage

LONGEST_QUOTE = 200
ENDINGS = {
    "stop": "It ended by itself (stop).",
    "length": "It was cut at the limit of its tokens (length).",
    "content_filter": "The server's filter ended it (content_filter).",
}
CAME_OF_IT: Mapping[CallState, str] = {
    "waiting": "which waits to be allowed",
    "intent": "which is under way",
    "done": "which was done",
    "failed": "which failed",
    "unknown": "and nobody knows whether it took effect",
    "refused": "which was not begun",
}
BUDGET = "because the prompt's budget ended (PROMPT_TOKEN_BUDGET)"
HISTORY = "because there are more than is set (MAX_CONVERSATION_HISTORY)"


def describe(found: Explained) -> Iterator[str]:
    """Yield the page, line by line."""
    turn, name = found.turn, one_line(found.full_name or "")
    yield f"Answer {turn.reference_id} in chat {found.chat_id}"
    to = f"{one_line(found.address)} ({name})" if name else one_line(found.address)
    yield f"To {to}, {turn.timestamp:%Y-%m-%d %H:%M:%S} UTC"
    yield ""
    for asked in found.asked:
        yield from _quoted("They wrote", asked.content)
    yield from _quoted("It said", turn.content)
    parts = (
        ("It said so because", _because(found)),
        ("It did not see", _unseen(found.making)),
        ("How it was made", _made(found)),
    )
    for title, lines in parts:
        told = list(lines)
        if told:
            yield ""
            yield f"{title}:"
            yield from (f"  {line}" for line in told)


def _quoted(who: str, text: str) -> Iterator[str]:
    first, *rest = printable(text).split("\n")
    yield f"{who + ':':<12}{first}"
    yield from (f"{'':<12}{line}" for line in rest)


def _because(found: Explained) -> Iterator[str]:
    turn, making = found.turn, found.making
    if turn.command:
        yield f"They gave the command {one_line(turn.command)}; no LLM was asked."
    if turn.error:
        yield f"No answer could be made: {one_line(turn.error)}"
    for passage in sorted(found.passages, key=lambda one: not one.is_cited):
        yield _of_passage(passage)
    for call in found.calls:
        yield _of_call(call)
    for gap in found.gaps:
        yield f'No document answers "{one_line(gap.question)}" (gap {gap.gap_id}).'
    if making:
        yield from _saw(found, making)


def _of_passage(passage: ShownPassage) -> str:
    cited = "names it" if passage.is_cited else "does not name it"
    fits = "" if passage.score is None else f", which fits {float(passage.score):.2f}"
    place = place_of(passage.title, passage.page, passage.heading)
    told = f"{place}, passage {passage.position}{fits}; the answer {cited}"
    quote = (
        f': "{one_line(passage.passage, LONGEST_QUOTE)}"' if passage.passage else "."
    )
    return told + quote


def place_of(title: str, page: object, heading: str | None = None) -> str:
    """Return where something stands: document, heading, page."""
    named = one_line(heading or "")
    heading_told = named if named != one_line(title) else ""
    page_told = f"page {page}" if page is not None else ""
    return ", ".join(filter(None, (one_line(title), heading_told, page_told)))


def _of_call(call: ShownCall) -> str:
    told = one_line(call.error or call.result or "", LONGEST_QUOTE)
    came = f": {told}" if told else "."
    asked = f"{one_line(call.tool)} {one_line(call.arguments, LONGEST_QUOTE)}"
    return f"It called {asked}, {CAME_OF_IT[call.state]}{came}"


def _saw(found: Explained, making: ShownMaking) -> Iterator[str]:
    since = found.seen_from
    begins = f', from "{one_line(since.content, 60)}" on' if since else ""
    yield f"It saw {_count(making.turns, 'turn')} of the talk{begins}."
    if making.summed_until:
        yield f"It read a summary of the talk up to {one_line(making.summed_until)}."
    if making.talks:
        yield f"It was told what {_count(making.talks, 'earlier talk')} were about."
    for fact in making.facts:
        yield f'They had told of themselves: "{one_line(fact, LONGEST_QUOTE)}".'
    if forgotten := making.told_facts - len(making.facts):
        yield f"It knew {_count(forgotten, 'fact')} of them, forgotten since."
    if making.pictures:
        yield f"It saw {_count(making.pictures, 'picture')}."
    if making.is_missing:
        yield "It was told that the business's documents do not tell the answer."


def _unseen(making: ShownMaking | None) -> Iterator[str]:
    if making is None:
        return
    for passage in making.left_out:
        yield f"{_of_left_out(passage)}, {BUDGET}."
    if making.beyond_budget:
        yield f"{_count(making.beyond_budget, 'older turn')}, {BUDGET}."
    if making.beyond_turns:
        yield f"{_count(making.beyond_turns, 'older turn')}, {HISTORY}."


def _of_left_out(passage: Mapping[str, Any]) -> str:
    place = place_of(str(passage.get("title") or ""), passage.get("page"))
    score = passage.get("score")
    return place if score is None else f"{place} (fits {float(score):.2f})"


def _made(found: Explained) -> Iterator[str]:
    making, cost = found.making, found.cost
    if making is None:
        yield "No LLM made it, or it is not known how: it is older than this record."
        return
    asked = ", ".join(f"{name} {told:g}" for name, told in making.parameters.items())
    yield f"By {one_line(making.model)}" + (f" ({one_line(asked)})." if asked else ".")
    since = making.prompt_since
    kept = f"used since {since:%Y-%m-%d %H:%M}" if since else "not kept any more"
    yield f"With the system prompt {making.prompt_hash}, {kept}."
    ending = making.finish_reason
    yield ENDINGS.get(ending or "", _ended(ending))
    used = _tokens(making)
    yield "; ".join(filter(None, (*used, f"{making.seconds:.1f} s", cost))) + "."
    if making.raw is not None:
        yield f'What it wrote itself: "{one_line(making.raw, 2000)}".'


def _ended(ending: str | None) -> str:
    if ending is None:
        return "Its server did not tell why it ended."
    return f"Its server says why it ended: {one_line(ending)}."


def _tokens(making: ShownMaking) -> Sequence[str]:
    read, wrote, cached = (
        making.input_tokens,
        making.output_tokens,
        making.cached_tokens,
    )
    kept = f" ({cached:,} of them kept by its server)" if cached else ""
    return (
        "" if read is None else f"{read:,} tokens read{kept}",
        "" if wrote is None else f"{wrote:,} written",
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
