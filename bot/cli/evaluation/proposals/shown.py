"""A proposal on the terminal, in sentences. What people wrote is made safe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.cli.evaluation.proposals.finding import describe_counts
from bot.terminal import one_line, printable
from db.evaluation.proposals.looking import ListedProposal, Source
from db.records.evaluation.proposals import ProposalKind, SourceKind

MOST_SHOWN = 20
# Of what a proposal stands on; what it says itself is shown whole.
LONGEST = 500
KINDS: Mapping[ProposalKind, str] = {
    "entry": "an entry of knowledge",
    "rule": "a rule for the prompt",
    "canned": "a canned reply",
}
HAPPENED: Mapping[SourceKind, str] = {
    "gap": "nothing told it",
    "judgement": "the answer was thought bad",
    "correction": "an operator put the answer right",
    "takeover": "a person answered",
}


def describe(found: ListedProposal, sources: Sequence[Source]) -> Iterator[str]:
    """Yield the page, line by line."""
    yield f"Proposal {found.proposal_id}: {KINDS[found.kind]}, {found.state}"
    yield from quoted("About", found.title)
    yield from quoted("Says", found.text or "(nobody answered yet: --answer TEXT)")
    people = f"{found.people} {'person' if found.people == 1 else 'people'}"
    yield f"{'Stands on:':<12}{describe_counts(found)}, of {people}"
    yield from _made(found)
    yield from describe_verdict(found.verdict)
    for source in sources[:MOST_SHOWN]:
        yield ""
        yield from _source(source)
    if len(sources) > MOST_SHOWN:
        yield ""
        yield f"… and {len(sources) - MOST_SHOWN} more: --json has them."


def _made(found: ListedProposal) -> Iterator[str]:
    if found.state != "applied":
        return
    made = {
        "document": found.document_id,
        "rule": found.rule_id,
        "canned reply": found.canned_id,
    }
    names = [f"{name} {number}" for name, number in made.items() if number]
    who = one_line(found.applied_by or "a command")
    when = f"{found.applied_at:%Y-%m-%d %H:%M} UTC" if found.applied_at else ""
    what = names[0] if names else "and what it became is gone"
    yield f"{'Applied:':<12}{when} by {who}: {what}"


def describe_verdict(verdict: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what the last replay came to."""
    if verdict is None:
        yield f"{'Replay:':<12}none was made"
        return
    judged, changed = verdict.get("judged", 0), verdict.get("changed", 0)
    failed, spent = verdict.get("failed", 0), verdict.get("spent")
    what = "situation" if judged == 1 else "situations"
    told = f"{judged} {what} answered anew: {changed} otherwise, {failed} failed"
    yield f"{'Replay:':<12}{told}" + (f"; spent {spent}" if spent else "")


def _source(source: Source) -> Iterator[str]:
    when = f"{source.happened_at:%Y-%m-%d %H:%M} UTC"
    yield f"{when}  chat {source.chat_id}  {HAPPENED[source.kind]}"
    yield from quoted("  Asked", _cut(source.question))
    for who, text in (
        ("  Bot said", source.answer),
        ("  Remark", source.remark),
        ("  Person", source.told),
        ("  With it", source.after),
    ):
        if text:
            yield from quoted(who, _cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def quoted(who: str, text: str) -> Iterator[str]:
    """Yield a text of others whole, with who said it before its first line."""
    first, *rest = printable(text).split("\n")
    yield f"{who + ':':<12}{first}"
    yield from (f"{'':<12}{line}" for line in rest)


def as_dict(found: ListedProposal, sources: Sequence[Source]) -> dict[str, Any]:
    """Return all of it, for programs."""
    return {**asdict(found), "sources": [asdict(source) for source in sources]}
