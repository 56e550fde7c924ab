"""What Twilio's Content API tells of templates.

https://www.twilio.com/docs/content/content-api-resources
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.terminal import one_line
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.rest_client import REST_ERRORS
from bot.whatsapp.templates.rules import gaps_of
from bot.whatsapp.twilio import build_sdk
from db.errors import OperatorError

SECONDS = 10.0
MOST_LISTED = 1000
LONGEST_WORD = 200
PAGE_SIZE = 100
NOT_FOUND = 404
TEXT = "twilio/text"


class NotAskedError(OperatorError):
    """Twilio could not be asked about templates; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTemplate:
    """A template as Twilio knows it: untrusted words, of one line each but the text.

    `status` is WhatsApp's: approved, pending, rejected, paused, disabled, or that it
    was never asked (unsubmitted); `reason` why it was rejected. `choices` are title and
    id of each that can be tapped, `opens` what opens a list of them. `variables` are
    those that Twilio knows of, wherever they stand.
    """

    content_sid: str
    name: str
    language: str
    category: str
    status: str
    reason: str
    kind: str
    body: str
    choices: Sequence[tuple[str, str]] = ()
    opens: str = ""
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
    content = _unless_none(asked.fetch)
    if content is None:
        return None
    approval = _unless_none(asked.approval_fetch().fetch)
    return _read(content, approval.whatsapp or {} if approval else {})


def _unless_none(fetch: Callable[[], Any]) -> Any:
    """Return what Twilio has; None: it has none. Raises NotAskedError."""
    try:
        return fetch()
    except REST_ERRORS as error:
        if getattr(error, "status", None) == NOT_FOUND:
            return None
        raise NotAskedError(_explain(error)) from error


def _read(content: Any, approval: Mapping[str, Any]) -> KnownTemplate:
    types: Mapping[str, Any] = content.types or {}
    # Beside what WhatsApp shows there may be a bare text for other channels.
    kind = next((kind for kind in types if kind != TEXT), next(iter(types), ""))
    told = types.get(kind)
    told = told if isinstance(told, Mapping) else {}
    return KnownTemplate(
        content_sid=str(content.sid),
        name=_line(approval.get("name") or content.friendly_name),
        language=_line(content.language),
        category=_line(approval.get("category")).upper(),
        status=_line(approval.get("status") or "unsubmitted").lower(),
        reason=_line(approval.get("rejection_reason")),
        kind=_line(kind),
        body=str(told.get("body", "")),
        choices=tuple(_choices(told)),
        opens=_line(told.get("button")),
        variables=tuple(map(str, content.variables or {})),
    )


def _choices(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    listed = told.get("actions") or told.get("items")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping):
            yield _line(each.get("title", each.get("item"))), _line(each.get("id"))


def _line(told: Any) -> str:
    """Return what stands among words of ours: what forges a line of them is shown."""
    return one_line(str(told or ""), LONGEST_WORD)


def _explain(error: Exception) -> str:
    """Return why not, without what the answer says: it may quote our request."""
    status = getattr(error, "status", None)
    told = f"Twilio said {status}" if status else f"no answer ({type(error).__name__})"
    return f"Twilio's Content API can't be asked about templates: {told}"
