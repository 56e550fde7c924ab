"""What would be found for a question: no LLM is asked, and nothing is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.knowledge.protocol import Knowledge, Question
from db.database import Database

SECONDS = 5.0
LONGEST = 1000
NOBODY = UUID(int=0)  # whoever sees what is everybody's, and nothing else


@dataclass(frozen=True, slots=True)
class Finding:
    """Makes what finds passages in a database; whether also by meaning."""

    build: Callable[[Database], Knowledge]
    by_meaning: bool


def register(routes: Blueprint, finding: Finding) -> None:
    """Add the page."""

    @needs(May.TEACH)
    def ask() -> str:
        question = request.args.get("q", "").strip()[:LONGEST]
        found = None
        if question:
            asked = Question(text=question, user_id=NOBODY)
            found = finding.build(console().database).find(asked, SECONDS)
        return render_template(
            "knowledge/ask.html",
            question=question,
            found=found,
            by_meaning=finding.by_meaning,
        )

    routes.get("/knowledge/ask")(ask)
