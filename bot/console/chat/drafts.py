"""What is being written: kept with its form, whatever became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from werkzeug.exceptions import BadRequest

from bot.console.chat.media.sending import Attached
from db.records import to_storable

# Of a text that is sent in parts of 1500; more is hardly meant.
LONGEST_REPLY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply that is written, and what its form carries.

    `version` is the owner_version that its writer saw; None: none yet. `refused` are
    words about why it was not sent, `reason` is NotSentError's. A `file` is lost where
    it was not sent: no page may choose one for its reader.
    """

    text: str = ""
    reference_id: UUID = field(default_factory=uuid4)
    version: int | None = None
    refused: str = ""
    reason: str = ""
    file: Attached | None = None

    @property
    def said(self) -> str:
        """What stands in the transcript."""
        return self.text.strip() or (self.file.words if self.file else "")


def read_draft(form: Mapping[str, str]) -> Draft:
    """Return what a form holds. Raises BadRequest where it is not one of ours."""
    try:
        return Draft(
            text=to_storable(form.get("text", "").replace("\r\n", "\n")),
            reference_id=UUID(form.get("reference_id", "")),
            version=read_version(form),
        )
    except ValueError as error:
        raise BadRequest("This form is incomplete: load the page again.") from error


def read_version(form: Mapping[str, str]) -> int:
    """Return the owner_version that a form carries. Raises BadRequest."""
    given = form.get("version", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise BadRequest("This form is incomplete: load the page again.")
    return int(given)
