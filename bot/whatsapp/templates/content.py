"""What Twilio's Content API tells of templates.

https://www.twilio.com/docs/content/content-api-resources
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.rest_client import REST_ERRORS
from bot.whatsapp.templates.rules import gaps_of
from bot.whatsapp.twilio import build_sdk
from db.errors import OperatorError

SECONDS = 10.0
MOST_LISTED = 1000
PAGE_SIZE = 100
NOT_FOUND = 404


class NotAskedError(OperatorError):
    """Twilio could not be asked about templates; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTemplate:
    """A template as Twilio knows it: untrusted words.

    `status` is WhatsApp's: approved, pending, rejected, paused, disabled, or that it
    was never asked (unsubmitted); `reason` why it was rejected. `variables` are those
    that Twilio knows of, wherever they stand.
    """

    content_sid: str
    name: str
    language: str
    category: str
    status: str
    reason: str
    kind: str
    body: str
    variables: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """The names of the text's variables."""
        return gaps_of(self.body)

    @property
    def all_gaps(self) -> tuple[str, ...]:
        """The names of all variables, those of buttons and media with them."""
        return tuple(dict.fromkeys((*self.gaps, *self.variables)))


def list_templates(twilio: TwilioAccount) -> list[KnownTemplate]:
    """Return the account's templates. Raises NotAskedError."""
    content = build_sdk(twilio, SECONDS).content.v1
    try:
        found = content.content_and_approvals.list(
            limit=MOST_LISTED, page_size=PAGE_SIZE
        )
    except REST_ERRORS as error:
        raise NotAskedError(_explain(error)) from error
    return [_read(each, each.approval_requests or {}) for each in found]


def find_template(twilio: TwilioAccount, content_sid: str) -> KnownTemplate | None:
    """Return one; None: the account has none of that SID. Raises NotAskedError."""
    asked = build_sdk(twilio, SECONDS).content.v1.contents(content_sid)
    try:
        content = asked.fetch()
        approval = asked.approval_fetch().fetch()
    except REST_ERRORS as error:
        if getattr(error, "status", None) == NOT_FOUND:
            return None
        raise NotAskedError(_explain(error)) from error
    return _read(content, approval.whatsapp or {})


def _read(content: Any, approval: Mapping[str, Any]) -> KnownTemplate:
    types: Mapping[str, Any] = content.types or {}
    kind = next(iter(types), "")
    told = types.get(kind) or {}
    body = told.get("body", "") if isinstance(told, Mapping) else ""
    return KnownTemplate(
        content_sid=str(content.sid),
        name=str(approval.get("name") or content.friendly_name or ""),
        language=str(content.language or ""),
        category=str(approval.get("category") or "").upper(),
        status=str(approval.get("status") or "unsubmitted").lower(),
        reason=str(approval.get("rejection_reason") or ""),
        kind=kind,
        body=str(body),
        variables=tuple(map(str, content.variables or {})),
    )


def _explain(error: Exception) -> str:
    """Return why not, without what the answer says: it may quote our request."""
    status = getattr(error, "status", None)
    told = f"Twilio said {status}" if status else f"no answer ({type(error).__name__})"
    return f"Twilio's Content API can't be asked about templates: {told}"
