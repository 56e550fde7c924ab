"""The audit: who did what to whom and when, filtered, the newest first."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Blueprint, render_template, request

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.writing import note, writing
from db.knowledge.listing import LARGEST_ID
from db.logins.accounts import list_operators
from db.logins.audit import Action, read_audit

A_PAGE = 100
DAYS = (1, 7, 30, 90)
SECONDS = 20.0


def register(routes: Blueprint) -> None:
    """Add the page."""
    routes.get("/settings/audit")(audit)


@needs(May.SEE_AUDIT)
def audit() -> str:
    """List what was done; that somebody looked at this is written down, too."""
    given = request.args
    action = given.get("action") if given.get("action") in {*Action} else None
    actor_id, subject_id = _id(given.get("by")), _id(given.get("to"))
    days = next((days for days in DAYS if str(days) == given.get("days")), None)
    before = _number(given.get("before"))
    since = datetime.now(UTC) - timedelta(days=days) if days else None
    if before is None:
        with writing() as connection:
            note(connection, Action.AUDIT_READ, subject_id)
    with console().database.reading(SECONDS) as connection:
        found = read_audit(
            connection,
            since=since, actor_id=actor_id, subject_id=subject_id, action=action,
            before=before, most=A_PAGE + 1,
        )  # fmt: skip
        known = list_operators(connection)
    return render_template(
        "settings/audit.html",
        found=found[:A_PAGE],
        next=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        kept={"action": action, "by": actor_id, "to": subject_id, "days": days},
        actions=sorted(Action), operators=known, all_days=DAYS,
    )  # fmt: skip


def _id(given: str | None) -> UUID | None:
    try:
        return UUID(given or "")
    except ValueError:
        return None


def _number(given: str | None) -> int | None:
    is_number = given and given.isdecimal() and len(given) < len(str(LARGEST_ID))
    return int(given) if given and is_number else None
