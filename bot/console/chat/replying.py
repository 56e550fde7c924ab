"""Sending a reply, or a template: stored once, and what was typed is never lost."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from bot.console.chat.drafts import LONGEST_REPLY, Draft, read_draft
from bot.console.chat.media.sending import make_parts, read_file
from bot.console.chat.showing import show_page
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.uploads import takes_message
from bot.console.writing import note
from bot.media.outgoing.kinds import NotSendableError
from bot.media.policy import tell_not_taken
from db.database import Connection
from db.logins.audit import Action
from db.outages import outages
from db.records import PartContent, PersonReply
from db.support.owners import change_owner
from db.support.replies import NotSentError, record_person_reply
from db.support.said import find_words, is_foreign

log = logging.getLogger(__name__)

Answer = Response | tuple[str, int]
FULL = (
    "The file can't be kept, so nothing was sent: tell whoever runs the bot to look at "
    "MEDIA_STORE. The text alone can be sent."
)


def add_to(routes: Blueprint) -> None:
    """Add the views."""
    routes.post("/reply")(reply)
    routes.post("/template")(template)


@needs(May.REPLY)
@takes_message
def reply(user_id: UUID) -> Answer:
    """Send what was typed, and a file; the chat is the operator's by it."""
    draft = read_draft(request.form)
    try:
        draft = replace(draft, file=read_file())
    except NotSendableError as error:
        return _refuse(user_id, draft, str(error))
    if not draft.said:
        return _refuse(user_id, draft, "There is nothing to send: write something.")
    if len(draft.text) > LONGEST_REPLY:
        many = f"{len(draft.text):,} characters; {LONGEST_REPLY:,} may be sent at once"
        return _refuse(user_id, draft, f"This has {many}: shorten it.")
    parts = make_parts(draft.text, draft.file)
    takes = request.form.get("takes") == "yes"
    return _send(user_id, draft, parts, takes=takes)


@needs(May.REPLY)
def template(user_id: UUID) -> Answer:
    """Send a template, which WhatsApp takes after the service window, too."""
    draft = read_draft(request.form)
    sid = request.form.get("content_sid", "")
    chosen = next((one for one in console().templates if one.content_sid == sid), None)
    if chosen is None:
        raise BadRequest("There is no such template any more: load the page again.")
    values = {name: request.form.get(f"value_{name}", "") for name in chosen.variables}
    try:
        part = chosen.filled(values)
    except ValueError as error:
        return _refuse(user_id, draft, str(error))
    return _send(user_id, replace(draft, text=part.body), (part,))


def _send(
    user_id: UUID, draft: Draft, parts: tuple[PartContent, ...], *, takes: bool = False
) -> Answer:
    try:
        with (
            _keeping(draft) as keep,
            outages(),
            console().database.transaction() as connection,
        ):
            keep(connection)
            before = _store(connection, user_id, draft, parts, takes=takes)
    except NotSentError as error:
        kept = replace(draft, text="") if parts[0].template else draft
        return _refuse(user_id, kept, str(error), error.reason)
    except OSError as error:
        log.error("a file is not sent: %s", tell_not_taken(error))  # noqa: TRY400
        return _refuse(user_id, draft, FULL)
    if before not in {None, draft.said}:
        # The page was gone back to and its text changed: that is another reply.
        again = Draft(text=draft.text)
        return _refuse(user_id, again, "An earlier text was sent with this form. This "
                       "one was not: send it now, if it shall be.")  # fmt: skip
    if before is not None:
        flash("It was sent before, and is sent once.")
    return redirect(url_for("chats.show", user_id=user_id), 303)


def _keeping(draft: Draft) -> AbstractContextManager[Callable[[Connection], None]]:
    """Return what keeps the bytes of a draft's file, if it has one."""
    if draft.file is None:
        return nullcontext(lambda _: None)
    return draft.file.kept_in(console().contents)


def _store(
    connection: Connection,
    user_id: UUID,
    draft: Draft,
    parts: tuple[PartContent, ...],
    *,
    takes: bool,
) -> str | None:
    """Store it; where that was done before, change nothing and return those words."""
    if is_foreign(connection, user_id, draft.reference_id):
        raise BadRequest("This form is another chat's: load the page again.")
    before = find_words(connection, user_id, draft.reference_id)
    if takes and before is None:
        draft = replace(draft, version=_take(connection, user_id))
    said = PersonReply(
        user_id=user_id,
        reference_id=draft.reference_id,
        text=draft.said,
        parts=parts,
        author_id=operator().user_id,
        version=draft.version,
        lasts=console().handoff_lasts,
        may_wait=console().holds,
    )
    done = record_person_reply(connection, said)
    if not done.is_new:
        return find_words(connection, user_id, draft.reference_id)
    where = {"chat_id": done.chat_id}
    note(connection, Action.REPLIED, user_id, where, done.ticket_id)
    return None


def _take(connection: Connection, user_id: UUID) -> int | None:
    """Take the chat from whoever has it; return its version."""
    lasts, me = console().handoff_lasts, operator().user_id
    version = change_owner(
        connection, user_id, "human", operator=me, why="took over", lasts=lasts
    )
    note(connection, Action.TOOK, user_id)
    return version


def _refuse(user_id: UUID, draft: Draft, words: str, reason: str = "") -> Answer:
    """Show the page again, with what was typed and why it was not sent."""
    lost = " Choose the file again." if draft.file else ""
    kept = replace(draft, refused=f"{words}{lost}", reason=reason, file=None)
    return show_page(user_id, draft=kept), 409
