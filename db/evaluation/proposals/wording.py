"""In which words a proposal is applied: as it was shown, or as an operator says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

from db.database import Connection
from db.errors import OperatorError
from db.evaluation.proposals.looking import ListedProposal, Source, require_proposal
from db.evaluation.proposals.rules import read_rule
from db.records import to_storable

# So many words of a user's, or of their beginning, are a quotation.
LEAST_WORDS = 3
MOST_WORDS = 12
# As a terminal or a page shows a proposal before it is applied.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
HARMLESS = frozenset("\n\t\u200c\u200d")


class ChangedError(OperatorError):
    """A proposal says something else than whoever applies it was shown."""

    def __init__(self, proposal_id: int) -> None:
        super().__init__(
            f"proposal {proposal_id} says something else by now, for more came to it: "
            "look at it again"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """What an operator says instead of what is proposed; None: as it is proposed."""

    title: str | None = None
    text: str | None = None


def foresee(
    connection: Connection, proposal_id: int, worded: Worded
) -> tuple[ListedProposal, str, str]:
    """Return a proposal that can be applied, with title and text as they would be.

    Raises OperatorError where it was applied already, says nothing yet, or is a rule
    that is too long.
    """
    proposal = require_proposal(connection, proposal_id)
    if proposal.state == "applied":
        raise OperatorError(f"proposal {proposal_id} is applied already")
    title = to_storable(worded.title or _visible(proposal.title)).strip()
    text = to_storable(worded.text or _visible(proposal.text)).strip()
    if not text:
        raise OperatorError(
            "no person has answered that yet: say the answer (--answer TEXT)"
        )
    if proposal.kind == "rule":
        read_rule(text)
    return proposal, title, text


def require_seen(proposal: ListedProposal, seen: str) -> None:
    """Raise ChangedError where a proposal is worded otherwise than it was shown."""
    if proposal.wording != seen:
        raise ChangedError(proposal.proposal_id)


def find_reworded(
    proposal: ListedProposal, worded: Worded, sources: Sequence[Source]
) -> bool:
    """Tell whether no word of a user's is left in it.

    What begins as one of theirs did is no operator's, whoever typed it. A canned reply
    is what people of ours told several users.
    """
    if proposal.kind == "canned":
        return True
    titled = worded.title is not None or proposal.kind == "rule"
    if not titled or worded.text is None:
        return False
    told = f" {_words(worded.title or '')} {_words(worded.text)} "
    said = (text for one in sources for text in (one.question, one.remark) if text)
    quotes = (_words(text).split()[:MOST_WORDS] for text in said)
    return not any(
        f" {' '.join(quote)} " in told for quote in quotes if len(quote) >= LEAST_WORDS
    )


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _visible(text: str) -> str:
    """Return a text of others with a sign for what an LLM reads and nobody sees."""
    return "".join(
        "\ufffd" if category(sign) in INVISIBLE and sign not in HARMLESS else sign
        for sign in text.replace("\r\n", "\n")
    )
