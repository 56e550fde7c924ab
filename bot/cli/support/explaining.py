"""`bot explain`: why the bot said that."""

# ruff: noqa: PLC0415

import json
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import reading
from bot.cli.root import main
from bot.terminal import printable_json

if TYPE_CHECKING:
    from db.queries.explained import Explained


@main.command()
@click.argument("given", metavar="REFERENCE|MESSAGE_SID|CHAT")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def explain(given: str, as_json: bool) -> None:
    """Tell why the bot gave an answer: what it stood on, and what it did not see.

    The answer is named by its reference_id, by the MessageSid of what it answers or of
    one of its own messages, or by its chat, whose last one is meant; the beginning of a
    chat_id will do.
    """
    from bot.cli.support.explained import describe
    from db.queries.explained import find_explained

    with reading() as connection:
        found = find_explained(connection, given)
    if as_json:
        told = json.dumps(_as_json(found), indent=2, default=str, ensure_ascii=False)
        click.echo(printable_json(told))
        return
    for line in describe(found):
        click.echo(line)


def _as_json(found: "Explained") -> dict[str, Any]:
    """Return all of it; turns as they are stored."""
    from dataclasses import asdict

    seen_from = found.seen_from
    return {
        "chat_id": found.chat_id,
        "address": found.address,
        "full_name": found.full_name,
        "answer": found.turn.to_json(),
        "asked": [turn.to_json() for turn in found.asked],
        "making": asdict(found.making) if found.making else None,
        "seen_from": seen_from.to_json() if seen_from else None,
        "prompt": found.prompt,
        "passages": [asdict(passage) for passage in found.passages],
        "calls": [asdict(call) for call in found.calls],
        "gaps": [asdict(gap) for gap in found.gaps],
        "parts": [asdict(part) for part in found.parts],
        "cost": found.cost,
    }
