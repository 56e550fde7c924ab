"""`bot knowledge ask`: what the LLM would be given for a question; it is not asked."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bot.cli.database import migrated_database, read_settings
from bot.cli.knowledge.group import knowledge
from bot.terminal import one_line, printable, printable_json
from db.records import Turn, Userchat

if TYPE_CHECKING:
    from bot.chat.asked import Policy
    from db.database import Database
    from db.records import Found, Passage

SECONDS = 10.0
NOBODY = UUID(int=0)  # whoever sees what is everybody's, and nothing else


@knowledge.command()
@click.argument("question")
@click.option(
    "--as", "address", metavar="ADDRESS",
    help="Who asks: their own documents are looked into, too.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def ask(question: str, address: str | None, as_json: bool) -> None:
    """Show what is found for a QUESTION: where it stands, how well it fits, its text.

    No LLM is asked: its last lines are what one would be given. Scores and the
    confidence that the passages tell the answer are from 0 to 1. An ADDRESS is +1555…,
    whatsapp:+1555… or a user_id.
    """
    from bot.chat.asked import room_for_passages
    from bot.knowledge.protocol import Question
    from bot.local.embeddings import find_announced
    from bot.wiring.knowledge import build_knowledge

    with migrated_database() as opened:
        user_id = NOBODY if address is None else _find_id(opened, address)
        settings = read_settings()
        room = room_for_passages(settings.policy)
        asked = Question(text=question, user_id=user_id, most_tokens=room)
        served = settings.embeddings or find_announced(settings.data_folder)
        built = build_knowledge(replace(settings, embeddings=served), opened)
        found = built.find(asked, SECONDS)
    given = _prompt_with(found, question, user_id, settings.policy)
    if as_json:
        fields = {"question": question, **asdict(found), "given": given}
        click.echo(printable_json(json.dumps(fields, default=str)))
        return
    for line in _describe(found, given):
        click.echo(line)


def _prompt_with(
    found: "Found", question: str, user_id: UUID, policy: "Policy"
) -> str | None:
    """Return the message that the LLM would get; None: the question alone."""
    from bot.chat.asked import ask_for
    from bot.chat.sources.material import Material

    turn = Turn(role="user", content=question, timestamp=datetime.now(UTC))
    chat = Userchat(chat_id="", user_id=user_id, address="", turns=(turn,))
    asked = ask_for(chat, (turn,), policy, Material.of(found))
    given = str(asked.prompt[-1].content)
    return None if given == question else given


def _find_id(database: "Database", address: str) -> UUID:
    from db.queries.people import find_person

    with database.reading() as connection:
        return find_person(connection, address).user_id


def _describe(found: "Found", given: str | None) -> Iterator[str]:
    for number, passage in enumerate(found.passages, 1):
        yield click.style(f"[{number}] {_source(passage)}", bold=True)
    if not found.passages:
        yield "Nothing was found."
    elif found.is_whole:
        yield "That is all that is known: it is given whole, without a search."
    if found.confidence is not None:
        yield f"Confidence that this tells the answer: {found.confidence:.2f}"
    if given is not None:
        yield click.style("\nThe LLM would be given:", bold=True)
        yield from (f"    {line}" for line in printable(given).splitlines())


def _source(passage: "Passage") -> str:
    page = f"page {passage.page}" if passage.page else None
    told = [passage.title, passage.heading, page, passage.url]
    where = one_line(", ".join(filter(None, told)))
    return f"{where}  (document {passage.document_id}, score {passage.score:.2f})"
