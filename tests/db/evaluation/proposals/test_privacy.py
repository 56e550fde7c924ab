"""Whoever is erased leaves no word in what is proposed, or was applied in hers."""

from datetime import UTC, datetime, timedelta
from threading import Thread

from bot.knowledge.answers import compose_answer
from bot.knowledge.small_talk import is_small_talk
from bot.knowledge.words import split_words
from db.evaluation.proposals.applying import apply_proposal
from db.evaluation.proposals.keeping import Reading, find_proposals
from db.evaluation.proposals.looking import ListedProposal, Said, keep_verdict
from db.evaluation.proposals.wording import Worded
from db.privacy.ages import Ages
from db.privacy.erasure import erase_person
from db.privacy.retention import run_retention
from db.records.evaluation.proposals import Verdict
from tests.db.evaluation.proposals.happening import Business
from tests.db.sql import change, value, values
from tests.records import ANA, BEN

KEY = b"the key of the tests"
HERS = "Can I park my xylophone at your shop?"
HIS = "Can I park my xylophone at the shop?"
TEXTS = """
SELECT string_agg(told, ' ') FROM (
  SELECT row_to_json(p)::text FROM proposals AS p
  UNION ALL SELECT row_to_json(s)::text FROM proposal_sources AS s
  UNION ALL SELECT row_to_json(r)::text FROM prompt_rules AS r
  UNION ALL SELECT row_to_json(d)::text FROM documents AS d
  UNION ALL SELECT row_to_json(c)::text FROM document_chunks AS c
  UNION ALL SELECT row_to_json(q)::text FROM prompts AS q
) AS all_of (told)
"""


def erase(business: Business, who: str) -> None:
    assert erase_person(business.database, business.user(who), KEY) is not None


def texts(business: Business) -> str:
    return value(business.database, TEXTS) or ""


def test_what_stands_on_her_alone_goes(business: Business) -> None:
    business.miss(HERS)
    business.find()
    erase(business, ANA)
    assert business.proposals() == []
    assert "xylophone" not in texts(business)


def test_what_others_asked_too_is_told_in_their_words(business: Business) -> None:
    business.miss(HIS, BEN)
    business.tell("Yes, it is.", BEN)
    business.miss(HERS)
    business.tell("Yes, Ana.")
    business.find()
    assert (business.proposed().title, business.proposed().text) == (HERS, "Yes, Ana.")
    erase(business, ANA)
    left = business.proposed()
    assert (left.title, left.text, left.people) == (HIS, "Yes, it is.", 1)
    assert HERS not in texts(business)
    assert "Ana" not in texts(business)


def test_what_was_applied_in_her_words_goes_and_is_proposed_in_others(
    business: Business,
) -> None:
    business.miss(HIS, BEN)
    business.miss(HERS)
    business.tell("Yes, Ana.")
    business.find()
    business.apply(business.proposed())
    assert HERS in texts(business)
    erase(business, ANA)
    assert values(business.database, "SELECT title FROM documents") == []
    assert business.proposals() == []
    assert HERS not in texts(business)
    business.find()
    assert (business.proposed().title, business.proposed().text) == (HIS, "")


def test_what_an_operator_worded_stays(business: Business) -> None:
    business.miss(HERS)
    business.find()
    business.apply(business.proposed(), title="Parking?", text="Behind the house.")
    erase(business, ANA)
    left = business.proposed()
    assert (left.state, left.title, left.times) == ("applied", "Parking?", 0)
    assert values(business.database, "SELECT title FROM documents") == ["Parking?"]
    assert "xylophone" not in texts(business)
    business.undo(left)
    assert business.proposals() == []  # nothing is left that tells what it was


def test_a_rule_in_her_words_ends_and_stands_in_no_prompt(business: Business) -> None:
    for who, words in ((BEN, "rude"), (ANA, "rude to my xylophone rude")):
        business.judge(business.ask("Hm?", "No.", who), words, who)
    business.judge(business.ask("Hm?", "No.", ANA), "rude", ANA)
    business.find()
    rule = next(one for one in business.proposals() if one.kind == "rule")
    told = business.apply(rule).text
    change(
        business.database,
        "INSERT INTO prompts (prompt_hash, text) VALUES ('1', %(a)s), ('2', 'Help.')",
        a=f"You help.\n\nAlso:\n- {told}",
    )
    erase(business, ANA)
    assert values(business.database, "SELECT text FROM prompt_rules") == []
    assert values(business.database, "SELECT text FROM prompts") == ["Help."]


def test_what_quotes_her_is_not_an_operators_wording(business: Business) -> None:
    said = business.apply(complain(business), text="Avoid “RUDE  xylophones here”!")
    assert not said.is_reworded
    business.miss(HERS)
    business.find()
    entry = next(one for one in business.proposals() if one.title == HERS)
    assert not business.apply(entry, title=f"{HERS} Yes", text="Yes.").is_reworded
    erase(business, ANA)
    assert "ylophone" not in texts(business)


def test_what_a_document_said_before_is_hers_too(business: Business) -> None:
    business.miss(HERS)
    business.find()
    business.apply(business.proposed(), text="No.")
    business.miss(HIS, BEN)
    business.find()
    new = next(one for one in business.proposals() if one.state == "open")
    business.apply(new, title="Parking?", text="Yes.")
    assert HERS in texts(business)
    erase(business, ANA)
    assert HERS not in texts(business)
    assert values(business.database, "SELECT title FROM documents") == ["Parking?"]


def complain(business: Business) -> ListedProposal:
    """Have two people say the same of answers; return the rule that is proposed."""
    for who, words in ((BEN, "rude xylophones"), (ANA, "rude xylophones here")):
        business.judge(business.ask("Hm?", "No.", who), words, who)
    business.find()
    found = [one for one in business.proposals() if one.kind == "rule"]
    return next(one for one in found if one.state == "open")


def test_a_rule_that_ended_is_hers_once_its_proposal_joined_another(
    business: Business,
) -> None:
    first = complain(business)
    business.apply(first)
    second = complain(business)
    business.undo(first)
    assert [one.proposal_id for one in rules(business)] == [second.proposal_id]
    erase(business, ANA)
    assert "xylophones here" not in texts(business)


def test_a_rule_is_hers_when_her_chat_is_not_kept_any_more(business: Business) -> None:
    business.apply(complain(business))
    change(business.database, "DELETE FROM userchats")
    (left,) = rules(business)
    assert business.sources(left) == []
    erase(business, ANA)
    assert rules(business) == []
    assert "xylophones" not in texts(business)


def test_a_rule_of_which_nothing_is_kept_goes_when_it_is_undone(
    business: Business,
) -> None:
    business.apply(complain(business))
    change(business.database, "DELETE FROM userchats")
    business.undo(rules(business)[0])
    assert "xylophones" not in texts(business)


def test_a_rule_that_an_operator_worded_is_not_called_by_her_words(
    business: Business,
) -> None:
    business.apply(complain(business), text="Be kind.")
    erase(business, ANA)
    assert [one.title for one in rules(business)] == ["Be kind."]
    assert "xylophones here" not in texts(business)


def test_what_a_replay_said_by_her_words_goes_with_them(business: Business) -> None:
    rule = complain(business)
    his = [one for one in business.sources(rule) if one.user_id == business.user(BEN)]
    (answer_id,) = {one.answer_id for one in his if one.answer_id}
    with business.database.transaction() as connection:
        said = [Said(answer_id, "Are our xylophones here rude?")]
        verdict = Verdict(judged=1, changed=1, failed=0)
        keep_verdict(connection, rule.proposal_id, verdict, said)
    assert "xylophones here" in texts(business)
    erase(business, ANA)
    assert "xylophones here" not in texts(business)


def test_who_is_erased_while_her_words_are_applied_is_in_no_rule(
    business: Business,
) -> None:
    rule = complain(business)
    erasing = Thread(target=erase, args=(business, ANA))
    with business.database.transaction() as connection:
        apply_proposal(
            connection, rule.proposal_id, Worded(), compose_answer,
            by=None, seen=rule.wording,
        )  # fmt: skip
        erasing.start()
        erasing.join(1)
    erasing.join(20)
    assert not erasing.is_alive()
    assert "xylophones here" not in texts(business)


def test_who_is_erased_while_proposals_are_looked_for_is_in_none(
    business: Business,
) -> None:
    business.judge(business.ask("Have you got xylophones?", "No."))
    erasing = Thread(target=erase, args=(business, ANA))

    def split_slowly(text: str) -> list[str]:
        if not erasing.ident:
            erasing.start()
            erasing.join(1)
        return split_words(text)

    with business.database.transaction() as connection:
        since = datetime.now(UTC) - timedelta(days=1)
        find_proposals(connection, since, Reading(split_slowly, is_small_talk))
    erasing.join(20)
    assert not erasing.is_alive()
    assert business.proposals() == []


def rules(business: Business) -> list[ListedProposal]:
    return [one for one in business.proposals() if one.kind == "rule"]


def test_what_it_said_before_is_hers_as_it_was_shown_too(business: Business) -> None:
    business.miss(f"{HERS[:-1]}\u202e?")
    business.find()
    business.apply(business.proposed(), text="No.")
    business.miss(HIS, BEN)
    business.find()
    new = next(one for one in business.proposals() if one.state == "open")
    business.apply(new, title="Parking?", text="Yes.")
    assert HERS[:-1] in texts(business)
    erase(business, ANA)
    assert HERS[:-1] not in texts(business)


def test_sources_go_with_their_chat_and_then_the_proposal(business: Business) -> None:
    business.miss(HERS)
    business.find()
    change(business.database, "DELETE FROM userchats")
    assert values(business.database, "SELECT question FROM proposal_sources") == []
    day = timedelta(days=1)
    ages = Ages(
        close_idle=None, archive=None, delete_archived=day, drop_system_messages=None,
        drop_records=day,
    )  # fmt: skip
    list(run_retention(business.database, ages))
    assert len(business.proposals()) == 1  # not old enough
    change(business.database, "UPDATE proposals SET found_at = now() - interval '2 d'")
    list(run_retention(business.database, ages))
    assert business.proposals() == []
