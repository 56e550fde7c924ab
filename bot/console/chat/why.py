"""What stands behind a message, in panels: one function each, listed in PANELS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.chat.beside import describe_beside, describe_marks, find_reaction
from bot.console.chat.words import one_line
from db.records import CallState, Turn
from db.support.said import MetGap, ShownCall, ShownMaking, ShownPart, ShownPassage

LONGEST_LINE = 300
CAME_OF_IT: Mapping[CallState, str] = {
    "waiting": "waits to be allowed",
    "intent": "under way",
    "done": "done",
    "failed": "failed",
    "unknown": "nobody knows whether it took effect",
    "refused": "not begun",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A turn with what belongs to it."""

    turn: Turn
    parts: Sequence[ShownPart] = ()
    passages: Sequence[ShownPassage] = ()
    gaps: Sequence[MetGap] = ()
    calls: Sequence[ShownCall] = ()
    making: ShownMaking | None = None
    cost: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a panel; `text` may be what others wrote, `quote` more of it."""

    name: str
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of what stands behind a message."""

    title: str
    facts: Sequence[Fact]


def tell_making(said: Said) -> Iterator[Fact]:
    """Yield how the LLM made it."""
    turn = said.turn
    if turn.model:
        yield Fact("Model", turn.model)
    if turn.tokens_used is not None:
        yield Fact("Tokens", f"{turn.tokens_used:,}")
    if turn.response_time is not None:
        yield Fact("Seconds", f"{turn.response_time:.1f}")
    if said.cost:
        yield Fact("Cost", said.cost)
    if said.making:
        yield from _tell_asking(said.making)


def _tell_asking(making: ShownMaking) -> Iterator[Fact]:
    if making.parameters:
        asked = (f"{name} {told:g}" for name, told in making.parameters.items())
        yield Fact("Parameters", ", ".join(asked))
    if making.finish_reason:
        yield Fact("Why it ended", making.finish_reason)
    since = making.prompt_since
    kept = f"used since {since:%Y-%m-%d %H:%M} UTC" if since else "not kept any more"
    yield Fact("System prompt", f"{making.prompt_hash}, {kept}")
    if making.raw is not None:
        yield Fact("Its own words", "where other words were said", making.raw)


def tell_seen(said: Said) -> Iterator[Fact]:
    """Yield what the LLM saw beside passages."""
    if (making := said.making) is None:
        return
    yield Fact("Turns of the talk", f"{making.turns:,}")
    if making.summed_until:
        yield Fact("A summary", f"of what was said up to {making.summed_until}")
    if making.talks:
        yield Fact("Earlier talks", f"{making.talks:,}, in words")
    for fact in making.facts:
        yield Fact("They had told", "of themselves", fact)
    if forgotten := making.told_facts - len(making.facts):
        yield Fact("Forgotten since", f"{forgotten:,} of the facts that it was told")
    if making.pictures:
        yield Fact("Pictures", f"{making.pictures:,}")
    if making.is_missing:
        yield Fact("Documents", "it was told that they do not tell the answer")


def tell_unseen(said: Said) -> Iterator[Fact]:
    """Yield what the LLM did not see, and why not."""
    if (making := said.making) is None:
        return
    for passage in making.left_out:
        page = passage.get("page")
        place = "" if page is None else f"page {page}, "
        yield Fact(str(passage.get("title") or ""), f"{place}the prompt's budget ended")
    if making.beyond_budget:
        told = f"{making.beyond_budget:,}, as the prompt's budget ended"
        yield Fact("Older turns", told)
    if making.beyond_turns:
        told = f"{making.beyond_turns:,}, as there are more than is set"
        yield Fact("Older turns", told)


def tell_passages(said: Said) -> Iterator[Fact]:
    """Yield the passages that it was made from, those that it names first."""
    for passage in sorted(said.passages, key=lambda passage: not passage.is_cited):
        facts = ["cited" if passage.is_cited else "given, not cited"]
        if passage.page is not None:
            facts.append(f"page {passage.page}")
        if passage.score is not None:
            facts.append(f"fits {float(passage.score):.2f}")
        if passage.heading and passage.heading != passage.title:
            facts.append(passage.heading)
        yield Fact(passage.title, ", ".join(facts), passage.passage or "")


def tell_calls(said: Said) -> Iterator[Fact]:
    """Yield which tools were called for it, with what, and what came of that."""
    for call in said.calls:
        about = f"{CAME_OF_IT[call.state]}: {call.arguments}"
        yield Fact(call.tool, about, call.error or call.result or "")


def tell_gap(said: Said) -> Iterator[Fact]:
    """Yield the question that no document answered."""
    for gap in said.gaps:
        since = "" if gap.answered_by is None else " (answered since)"
        yield Fact(f"Gap {gap.gap_id}{since}", gap.question)


def tell_command(said: Said) -> Iterator[Fact]:
    """Yield the command that it replies to."""
    if said.turn.command:
        yield Fact("Command", said.turn.command)
    if said.turn.opt_out_type:
        yield Fact("Answered by Twilio itself", said.turn.opt_out_type)


def tell_error(said: Said) -> Iterator[Fact]:
    """Yield why no answer could be made."""
    if said.turn.error:
        yield Fact("Error", said.turn.error)


def tell_beside(said: Said) -> Iterator[Fact]:
    """Yield what came with it: an advert, a choice, a mark, a reaction."""
    for text in (*describe_beside(said.turn), *describe_marks(said.turn)):
        yield Fact("With it", text)
    if reaction := find_reaction(said.turn):
        yield Fact("Reaction", reaction[0] or "taken back")


def tell_parts(said: Said) -> Iterator[Fact]:
    """Yield what was sent, where that is not just what the message says."""
    sent = [part for part in said.parts if part.body.strip()]
    if [part.body.strip() for part in sent] != [said.turn.content.strip()]:
        for part in sent:
            kind = "Template" if part.is_template else "Message"
            yield Fact(f"{kind} {part.position + 1}", part.status, part.body)


PANELS: Sequence[tuple[str, Callable[[Said], Iterator[Fact]]]] = (
    ("How it was made", tell_making),
    ("What it stood on", tell_passages),
    ("What it saw", tell_seen),
    ("What it did not see", tell_unseen),
    ("What tools did", tell_calls),
    ("What no document tells", tell_gap),
    ("What it replied to", tell_command),
    ("What went wrong", tell_error),
    ("What came with it", tell_beside),
    ("What was sent", tell_parts),
)


def explain(said: Said) -> list[Panel]:
    """Return the panels that have something to say of a message."""
    told = [(title, list(tell(said))) for title, tell in PANELS]
    return [Panel(title, _short(facts)) for title, facts in told if facts]


def _short(facts: Sequence[Fact]) -> list[Fact]:
    return [
        Fact(one_line(fact.name), one_line(fact.text, LONGEST_LINE), fact.quote)
        for fact in facts
    ]
