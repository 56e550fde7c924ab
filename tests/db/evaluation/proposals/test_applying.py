"""A proposal is applied, undone by one command, and changes nothing by itself."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest

from bot.knowledge.answers import compose_answer
from bot.knowledge.words import split_words
from db.errors import OperatorError
from db.evaluation.proposals.keeping import find_proposals
from db.knowledge.gaps import answer_gap, list_gaps
from db.knowledge.search import find_by_words
from db.support.canned import list_canned
from tests.db.evaluation.proposals.happening import MONTH, READING, Business
from tests.db.sql import change, rows, value, values
from tests.records import ANA, BEN

DOCUMENTS = """
SELECT title, description, chunk_text FROM documents
JOIN document_chunks ON document_id = documents.id ORDER BY documents.id
"""
PARK = "Can I park at your shop?"
TOLD = "Please send us your order number."


def found_for(business: Business, question: str) -> list[str]:
    """Return what a search finds for a question."""
    words, user_id = split_words(question), business.user(ANA)
    ids = [hit.chunk_id for hit in find_by_words(business.database, words, user_id)]
    return values(
        business.database,
        "SELECT chunk_text FROM document_chunks WHERE id = ANY (%(ids)s)",
        ids=ids,
    )


def open_gaps(business: Business) -> list[str]:
    with business.database.reading() as connection:
        return [gap.question for gap in list_gaps(connection, 10)]


def test_an_entry_is_knowledge_until_it_is_undone(business: Business) -> None:
    business.miss(PARK)
    business.tell("Yes, behind the house.")
    business.find()
    proposal = business.proposed()
    assert rows(business.database, DOCUMENTS) == []  # nothing changes by itself
    done = business.apply(proposal)
    text = f"{PARK}\nYes, behind the house."
    assert rows(business.database, DOCUMENTS) == [(PARK, PARK, text)]
    assert found_for(business, "parking at the shop") == [text]
    assert open_gaps(business) == []
    applied = business.proposed()
    assert (applied.state, applied.document_id) == ("applied", done.made_id)
    assert not applied.is_reworded

    undone = business.undo(proposal)
    assert (undone.gone_id, undone.restored) == (done.made_id, False)
    assert rows(business.database, DOCUMENTS) == []
    assert open_gaps(business) == [PARK]
    assert business.proposed().state == "undone"
    assert business.apply(proposal).made_id != done.made_id


def test_what_nobody_could_see_is_not_applied(business: Business) -> None:
    business.miss("Can I park\u202e here\U000e0041?")
    business.tell("Yes, behind the house.")
    business.find()
    business.apply(business.proposed())
    assert values(business.database, "SELECT description FROM documents") == [
        "Can I park\ufffd here\ufffd?"
    ]


def test_what_nobody_answered_needs_an_answer(business: Business) -> None:
    business.miss(PARK)
    business.find()
    with pytest.raises(OperatorError, match="say the answer"):
        business.apply(business.proposed())
    business.apply(business.proposed(), title="Parking?", text="Behind the house.")
    told = [("Parking?", "Parking?", "Parking?\nBehind the house.")]
    assert rows(business.database, DOCUMENTS) == told
    assert business.proposed().is_reworded


def test_what_it_replaced_stands_again(business: Business) -> None:
    business.miss(PARK)
    gap_id = value(business.database, "SELECT id FROM knowledge_gaps")
    answer_gap(
        business.database, gap_id, "Parking?", lambda q: compose_answer("No.", q)
    )
    business.miss(PARK, BEN)  # asked again: the answer did not do
    business.tell("Yes, behind the house.", BEN)
    business.find()
    done = business.apply(business.proposed())
    assert done.replaces
    assert [text for *_, text in rows(business.database, DOCUMENTS)] == [
        f"{PARK}\nYes, behind the house."
    ]
    assert business.undo(business.proposed()).restored
    before = [("Parking?", "Parking?", "Parking?\nNo.")]
    assert rows(business.database, DOCUMENTS) == before
    assert found_for(business, "parking") == ["Parking?\nNo."]


def test_what_happens_again_is_proposed_anew_and_takes_the_old_ones_place(
    business: Business,
) -> None:
    business.miss(PARK)
    business.find()
    old = business.proposed()
    business.apply(old, text="Yes.")
    assert business.find().new == 0
    business.miss(PARK, BEN)
    business.tell("Yes, behind the house.", BEN)
    assert business.find().new == 1
    new = next(one for one in business.proposals() if one.state == "open")
    business.apply(new)
    only = business.proposed()  # one document, one proposal, all that it stands on
    assert (only.proposal_id, only.times) == (new.proposal_id, 3)
    business.undo(only)
    assert [text for *_, text in rows(business.database, DOCUMENTS)] == [
        f"{PARK}\nYes."
    ]


def test_undone_it_joins_what_was_proposed_since(business: Business) -> None:
    business.miss(PARK)
    business.find()
    old = business.proposed()
    business.apply(old, text="Yes.")
    business.miss(PARK, BEN)
    business.find()
    business.undo(old)
    only = business.proposed()
    assert (only.state, only.times) == ("open", 2)


def test_undone_while_others_are_looked_for_it_joins_them(business: Business) -> None:
    business.miss(PARK)
    business.find()
    old = business.proposed()
    business.apply(old, text="Yes.")
    business.miss(PARK, BEN)
    with ThreadPoolExecutor() as others:
        with business.database.transaction() as connection:
            since = datetime.now(UTC) - MONTH
            assert find_proposals(connection, since, READING).new == 1
            undoing = others.submit(business.undo, old)
            assert wait([undoing], 1).not_done
        assert undoing.result(20).gone_id == old.proposal_id
    assert (business.proposed().state, business.proposed().times) == ("open", 2)


def test_a_canned_reply_is_there_until_it_is_undone(business: Business) -> None:
    for who in (ANA, BEN):
        business.write("My cake did not come", who)
        business.tell(TOLD, who)
    business.find()
    proposal = next(one for one in business.proposals() if one.kind == "canned")
    business.apply(proposal, title="Number")
    with business.database.reading() as connection:
        (canned,) = list_canned(connection)
    assert (canned.title, canned.body) == ("Number", TOLD)
    business.undo(proposal)
    with business.database.reading() as connection:
        assert list_canned(connection) == []


def test_what_is_gone_by_hand_is_undone_all_the_same(business: Business) -> None:
    business.miss(PARK)
    business.find()
    business.apply(business.proposed(), text="Yes.")
    change(business.database, "DELETE FROM documents")
    assert business.undo(business.proposed()).gone_id is None


def test_what_somebody_said_better_since_is_left(business: Business) -> None:
    business.miss(PARK)
    business.find()
    business.apply(business.proposed(), text="Yes.")
    gap_id = value(business.database, "SELECT id FROM knowledge_gaps")
    answer_gap(business.database, gap_id, PARK, lambda q: compose_answer("No.", q))
    undone = business.undo(business.proposed())
    assert (undone.gone_id, undone.is_changed) == (None, True)
    assert [text for *_, text in rows(business.database, DOCUMENTS)] == [f"{PARK}\nNo."]
    assert business.proposed().state == "undone"


def test_a_canned_reply_that_was_changed_since_is_left(business: Business) -> None:
    for who in (ANA, BEN):
        business.write("My cake did not come", who)
        business.tell(TOLD, who)
    business.find()
    proposal = next(one for one in business.proposals() if one.kind == "canned")
    business.apply(proposal, title="Number")
    change(business.database, "UPDATE canned_replies SET body = 'Your number?'")
    assert business.undo(proposal).is_changed
    assert values(business.database, "SELECT body FROM canned_replies") == [
        "Your number?"
    ]


def test_what_can_not_be_is_told(business: Business) -> None:
    business.miss(PARK)
    business.find()
    proposal = business.proposed()
    with pytest.raises(OperatorError, match="is not applied"):
        business.undo(proposal)
    business.apply(proposal, text="Yes.")
    with pytest.raises(OperatorError, match="applied already"):
        business.apply(proposal, text="No.")
    with pytest.raises(OperatorError, match="undo it first"):
        business.dismiss(proposal)
