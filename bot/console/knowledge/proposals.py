"""Proposals: what may be learned from what happened; applied, undone, dismissed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, g, render_template, request
from werkzeug.wrappers import Response

from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.shown import REFUSED, page_number, redirect_to
from bot.console.writing import note, writing
from bot.knowledge.answers import LONGEST, compose_answer
from bot.knowledge.small_talk import is_small_talk
from bot.knowledge.words import split_words
from bot.terminal import printable
from db.database import Connection
from db.errors import OperatorError, StoreUnavailableError
from db.evaluation.proposals.applying import (
    BECOMES,
    apply_proposal,
    dismiss_proposal,
)
from db.evaluation.proposals.keeping import Reading, find_proposals
from db.evaluation.proposals.looking import (
    ListedProposal,
    find_proposal,
    list_proposals,
    read_sources,
)
from db.evaluation.proposals.undoing import undo_proposal
from db.evaluation.proposals.wording import ChangedError, Worded
from db.knowledge.listing import LARGEST_ID
from db.logins.audit import Action
from db.records import to_storable
from db.records.evaluation.proposals import PROPOSAL_STATES, ProposalState

A_PAGE = 25
MOST_SOURCES = 50
SECONDS = 20.0
FINDING_SECONDS = 60.0
LOOKED_BACK = timedelta(days=30)
KINDS = {
    "entry": "Entry of knowledge",
    "rule": "Rule for the prompt",
    "canned": "Canned reply",
}
HAPPENED = {
    "gap": "Nothing told it",
    "judgement": "The answer was thought bad",
    "correction": "An operator put the answer right",
    "takeover": "A person answered",
}
READING = Reading(split_words, is_small_talk)


def register(routes: Blueprint) -> None:
    """Add the pages."""
    at = "/knowledge/proposals"
    routes.get(at)(proposals)
    routes.post(at)(find)
    routes.get(f"{at}/<int:number>", endpoint="proposal")(show)
    routes.post(f"{at}/<int:number>/apply", endpoint="apply")(apply)
    routes.post(f"{at}/<int:number>/undo", endpoint="undo")(undo)
    routes.post(f"{at}/<int:number>/dismiss", endpoint="dismiss")(dismiss)


@needs(May.TEACH)
def proposals() -> str:
    """List proposals, what stands on most things first."""
    page, also = page_number(), request.args.get("all") == "on"
    states: tuple[ProposalState, ...] = PROPOSAL_STATES if also else ("open", "undone")
    with console().database.reading(SECONDS) as connection:
        found = list_proposals(connection, states, A_PAGE * page + 1)
    return render_template(
        "knowledge/proposals.html",
        found=found[A_PAGE * (page - 1) : A_PAGE * page],
        page=page, more=len(found) > A_PAGE * page, also=also, kinds=KINDS,
        counted=counted,
    )  # fmt: skip


@needs(May.TEACH)
def find() -> Response:
    """Look for what may be learned from what happened in the last 30 days."""
    with writing(FINDING_SECONDS) as connection:
        since = datetime.now(UTC) - LOOKED_BACK
        found = find_proposals(connection, since, READING)
        details = {"new": found.new, "added": found.added}
        note(connection, Action.PROPOSALS_FOUND, details=details)
    flash(f"New proposals: {found.new}.")
    return redirect_to("knowledge.proposals")


@needs(May.TEACH)
def show(number: int) -> str:
    """Show a proposal with the conversations behind it."""
    return _shown(number)


@needs(May.TEACH)
def apply(number: int) -> Response | tuple[str, int]:
    """Make a proposal what it proposes; what can't be is shown again."""
    written = {name: _typed(name) for name in ("title", "text")}
    try:
        with writing() as connection:
            found = _require(connection, number)
            worded = _worded(found, written)
            done = apply_proposal(
                connection, found.proposal_id, worded, compose_answer,
                operator().user_id, request.form.get("seen", ""),
            )  # fmt: skip
            _note(connection, Action.PROPOSAL_APPLIED, number, done.details)
    except StoreUnavailableError:
        raise
    except OperatorError as error:
        # Its words are others now, and would pass for what an operator wrote.
        kept = None if isinstance(error, ChangedError) else written
        return _shown(number, str(error), kept), REFUSED
    flash(f"It is applied: {BECOMES[done.kind]} {done.made_id}.")
    return redirect_to("knowledge.proposal", number=number)


@needs(May.TEACH)
def undo(number: int) -> Response:
    """Take back what a proposal became; what it replaced stands again."""
    with writing() as connection:
        found = _require(connection, number)
        done = undo_proposal(connection, found.proposal_id, split_words)
        _note(connection, Action.PROPOSAL_UNDONE, number, done.details)
    flash("It is undone.")
    return redirect_to("knowledge.proposals")


@needs(May.TEACH)
def dismiss(number: int) -> Response:
    """Have a proposal not be made again."""
    with writing() as connection:
        found = _require(connection, number)
        dismiss_proposal(connection, found.proposal_id)
        _note(connection, Action.PROPOSAL_DISMISSED, number, {})
    flash("It is dismissed, and will not be proposed again.")
    return redirect_to("knowledge.proposals")


def counted(found: ListedProposal) -> Iterator[str]:
    """Yield on what a proposal stands, such as `2 gaps`."""
    for name in ("gaps", "judgements", "corrections", "takeovers"):
        if count := int(getattr(found, name)):
            yield f"{count} {name if count > 1 else name[:-1]}"


def _shown(
    number: int, refused: str = "", written: dict[str, str] | None = None
) -> str:
    with console().database.reading(SECONDS) as connection:
        found = _require(connection, number)
        sources = read_sources(connection, found.proposal_id)
    g.without_menu = bool(refused)  # the database may be what failed
    return render_template(
        "knowledge/proposal.html",
        found=found, sources=sources[:MOST_SOURCES], left=sources[MOST_SOURCES:],
        written=written or _proposed(found),
        refused=refused, kinds=KINDS, happened=HAPPENED, counted=counted,
        longest=LONGEST,
    )  # fmt: skip


def _require(connection: Connection, number: int) -> ListedProposal:
    """Return a proposal, or end the request: there is none (any more)."""
    return find_proposal(connection, min(number, LARGEST_ID)) or abort(404)


def _typed(name: str) -> str:
    given = request.form.get(name, "").replace("\r\n", "\n")
    return to_storable(given).strip()[:LONGEST]


def _worded(found: ListedProposal, written: dict[str, str]) -> Worded:
    """Return what was worded anew: what stands as it was proposed is a user's words."""
    proposed = _proposed(found)
    new = {
        name: text if text and text != proposed[name].strip() else None
        for name, text in written.items()
    }
    return Worded(**new)


def _proposed(found: ListedProposal) -> dict[str, str]:
    """Return what is proposed as a form may have it: without what would act."""
    return {"title": printable(found.title), "text": printable(found.text)}


def _note(connection: Connection, action: Action, number: int, details: object) -> None:
    told = dict(details) if isinstance(details, dict) else {}
    note(connection, action, details={"proposal": number, **told})
