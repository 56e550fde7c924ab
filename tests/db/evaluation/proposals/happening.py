"""A business in whose chats things happen from which something may be learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from bot.knowledge.answers import compose_answer
from bot.knowledge.small_talk import is_small_talk
from bot.knowledge.words import split_words
from db.chats import PostgresChatStore
from db.database import Database
from db.evaluation.proposals.applying import (
    Applied,
    apply_proposal,
    dismiss_proposal,
)
from db.evaluation.proposals.keeping import Found, Reading, find_proposals
from db.evaluation.proposals.looking import (
    ListedProposal,
    Source,
    list_proposals,
    read_sources,
)
from db.evaluation.proposals.undoing import Undone, undo_proposal
from db.evaluation.proposals.wording import Worded
from db.knowledge.terms import find_stems
from db.logins.audit import Action, record_audit
from db.records import Gap, PersonReply, Reply
from db.records.evaluation.proposals import PROPOSAL_STATES
from db.support.corrections import correct_answer, find_answer
from db.support.inbox.ratings import rate_answer
from db.support.owners import Owners
from db.support.replies import record_person_reply
from tests.db.sql import change, take_in, value
from tests.records import ANA, answer_to, as_parts, said

READING = Reading(split_words, is_small_talk)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Business:
    """What happens in its chats, and what is proposed from it."""

    database: Database
    pg: PostgresChatStore

    def ask(self, text: str, says: str = "Yes.", who: str = ANA) -> Reply:
        """Have somebody ask, and the bot answer."""
        return self._answered(text, who, says)

    def miss(self, text: str, who: str = ANA) -> Reply:
        """Have somebody ask what nothing tells."""
        words = split_words(text)
        found = find_stems(self.database, None, words)
        stems = tuple(stem for word in words for stem in found[word])
        return self._answered(text, who, "I don't know.", gap=Gap(text, stems))

    def _answered(self, text: str, who: str, says: str, **more: Any) -> Reply:
        message = said(text, who)
        reply = answer_to(message, text=says, **more)
        assert self.pg.record_reply(take_in(self.pg, message), reply)
        return reply

    def write(self, text: str, who: str = ANA) -> None:
        """Have somebody write while nobody answers."""
        take_in(self.pg, said(text, who))

    def tell(self, text: str, who: str = ANA) -> None:
        """Have a person of ours take over and tell something, and give back."""
        with self.database.transaction() as connection:
            reply = PersonReply(
                user_id=self.user(who), reference_id=uuid4(), text=text,
                parts=as_parts(text),
            )  # fmt: skip
            record_person_reply(connection, reply)
        Owners(self.database).give(self.user(who), None, "bot", lasts=None)

    def judge(self, reply: Reply, text: str = "", who: str = ANA) -> None:
        """Have an operator think badly of an answer."""
        with self.database.transaction() as connection:
            rate_answer(
                connection, self.user(who), UUID(reply.turn.reference_id),
                operator_id=self.operator(), rating=-1, text=text,
            )  # fmt: skip

    def correct(self, reply: Reply, question: str, text: str, who: str = ANA) -> None:
        """Have an operator put an answer right, as the console does."""
        with self.database.transaction() as connection:
            key = UUID(reply.turn.reference_id)
            found = find_answer(connection, self.user(who), key)
            assert found

            compose = partial(compose_answer, text)
            document = correct_answer(connection, found, question, compose)
            told = {"corrects": str(key), "document": str(document)}
            record_audit(
                connection, actor_id=None, action=Action.DOCUMENT_ADDED,
                subject_id=self.user(who), details=told,
            )  # fmt: skip

    def find(self, since: timedelta = MONTH) -> Found:
        with self.database.transaction() as connection:
            return find_proposals(connection, datetime.now(UTC) - since, READING)

    def proposals(self) -> Sequence[ListedProposal]:
        with self.database.reading() as connection:
            return list_proposals(connection, PROPOSAL_STATES, 50)

    def proposed(self) -> ListedProposal:
        """Return the only proposal."""
        (found,) = self.proposals()
        return found

    def sources(self, proposal: ListedProposal) -> Sequence[Source]:
        with self.database.reading() as connection:
            return read_sources(connection, proposal.proposal_id)

    def apply(self, proposal: ListedProposal, **worded: str) -> Applied:
        with self.database.transaction() as connection:
            return apply_proposal(
                connection, proposal.proposal_id, Worded(**worded), compose_answer,
                by=None, seen=proposal.wording,
            )  # fmt: skip

    def undo(self, proposal: ListedProposal) -> Undone:
        with self.database.transaction() as connection:
            return undo_proposal(connection, proposal.proposal_id, split_words)

    def dismiss(self, proposal: ListedProposal) -> None:
        with self.database.transaction() as connection:
            dismiss_proposal(connection, proposal.proposal_id)

    def user(self, who: str) -> UUID:
        query = "SELECT user_id FROM users WHERE phone_number = %(who)s"
        found: UUID = value(self.database, query, who=who)
        return found

    def operator(self) -> UUID:
        add = (
            "INSERT INTO users (email, role) VALUES ('olga@shop.example', 'admin') "
            "ON CONFLICT DO NOTHING"
        )
        change(self.database, add)
        find = "SELECT user_id FROM users WHERE email = 'olga@shop.example'"
        found: UUID = value(self.database, find)
        return found
