"""How a replay is shown: on a terminal, as a page, for programs."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.evaluation.replaying.page import as_page
from bot.cli.evaluation.replaying.words import (
    describe_call,
    describe_divergence,
    told,
    words_apart,
)
from bot.cli.export import open_output
from bot.terminal import one_line, printable, printable_json
from db.money.costs import amount_of
from db.records.evaluation import Replay, ReplayAnswer

MOST_SHOWN = 20
# The answers of a replay, each time that they are asked for.
Answers = Callable[[], Iterable[ReplayAnswer]]


def show_result(
    ended: Replay, answers: Answers, html: Path | None, *, as_json: bool
) -> None:
    """Print what came of a replay, and write its page if there is to be one.

    Of many answers the first that differ are shown. Raises OperatorError where the page
    can't be written.
    """
    if html is not None:
        with open_output(html) as stream:
            for text in as_page(ended, answers()):
                stream.write(text)
        click.echo(f"Wrote {html}.", err=True)
    if as_json:
        for text in _as_json(ended, answers()):
            click.echo(text)
        return
    for line in describe_other(ended, answers()):
        click.echo(line)
    click.echo(describe(ended))


def describe(replay: Replay) -> str:
    """Return how far a replay is, in a line."""
    counts = f"{replay.same:,} the same, {replay.other:,} otherwise"
    failed = f", {replay.failed:,} failed" if replay.failed else ""
    left = f", {replay.waiting:,} left" if replay.waiting else ""
    spent = ""
    if replay.currency:
        spent = f"; {amount_of(replay.spent_micros)} {replay.currency} spent"
    name = f"Replay {replay.id}" if replay.id else "Not kept"
    return f"{name}: {counts}{failed}{left}{spent}."


def describe_other(replay: Replay, answers: Iterable[ReplayAnswer]) -> Iterator[str]:
    """Yield the lines of answers that are not the same, the first ones."""
    shown = 0
    for answer in answers:
        if answer.state == "waiting" or (answer.is_same and not _diverges(answer)):
            continue
        shown += 1
        if shown > MOST_SHOWN:
            yield "… and more: --html FILE has all of them."
            return
        yield from describe_answer(answer, replay.currency)


def describe_answer(answer: ReplayAnswer, currency: str | None) -> Iterator[str]:
    """Yield the lines of one answer, what was said over what would be."""
    yield click.style(f"{answer.position}. {answer.reference_id}", bold=True)
    yield from _block("asked", printable(answer.question))
    yield from _block("then ", _marked(answer.before, answer.after or "", "red"))
    if answer.state == "done":
        said = _marked(answer.after or "", answer.before, "green")
        yield from _block("now  ", "the same" if answer.is_same else said)
    else:
        yield f"  now   none: {one_line(answer.error or 'it waits')}"
    yield from (f"  {line}" for line in _told(answer))
    if answer.cost_micros is not None:
        yield f"  cost  {amount_of(answer.cost_micros)} {currency or ''}"
    yield ""


def _block(label: str, text: str) -> Iterator[str]:
    first, *rest = text.split("\n") or [""]
    yield f"  {label} {first}"
    yield from (f"  {' ' * len(label)} {line}" for line in rest)


def _marked(text: str, other: str, colour: str) -> str:
    """Return a text with the words that the other has not in a colour."""
    pieces = words_apart(text, other)
    return "".join(
        click.style(printable(piece), fg=colour, bold=True) if is_new
        else printable(piece)
        for piece, is_new in pieces
    )  # fmt: skip


def _diverges(answer: ReplayAnswer) -> bool:
    return bool(told(answer, "divergences") or told(answer, "notes"))


def _told(answer: ReplayAnswer) -> list[str]:
    """Return the lines of what could not be as it was, and of the tools."""
    return [
        *(f"tool  {one_line(describe_call(call))}" for call in told(answer, "calls")),
        *(
            f"other {one_line(describe_divergence(each))}"
            for each in told(answer, "divergences")
        ),
        *(f"note  {one_line(str(note))}" for note in told(answer, "notes")),
    ]


def _as_json(replay: Replay, answers: Iterable[ReplayAnswer]) -> Iterator[str]:
    """Yield one object: the replay, with its answers a line each."""
    known = json.dumps(asdict(replay), default=str, ensure_ascii=False)
    yield printable_json(f'{{"replay": {known}, "answers": [')
    before = ""
    for answer in answers:
        row = json.dumps(asdict(answer), default=str, ensure_ascii=False)
        yield printable_json(before + row)
        before = ","
    yield "]}"
