"""Name, e-mail, company: noted by the LLM's marker, or by /me; never invented."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.lead import sentences
from bot.chat.lead.action import read_lead, with_lead
from bot.chat.lead.validating import read_email, read_name
from bot.chat.replies import say
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.knowing import People
from db.records import Reply, SeenMedia, Turn, Userchat
from tests.bot.chat.conversation import Conversation
from tests.db.sql import rows, value

KNOWN = "SELECT full_name, email, company FROM users"
Ana = Callable[..., Conversation]


@pytest.fixture
def ana_of(database: Database, pg: PostgresChatStore) -> Ana:
    def meet(*thoughts: str) -> Conversation:
        ana = Conversation(*thoughts, store=pg, handoff=HandoffPolicy())
        ana.talk = replace(ana.talk, know=People(database).know)
        return ana

    return meet


def tell(ana: Conversation, text: str, **fields: str) -> str:
    ana.says(text, 0, **fields)
    return "\n".join(ana.hears())


def test_what_they_tell_is_noted_once_and_not_shown(
    database: Database, ana_of: Ana
) -> None:
    marker = '[lead name="Ana Ruiz" email="ANA@x.example" company="Ruiz & Co"]'
    ana = ana_of(f"Nice to meet you! {marker}")
    heard = tell(ana, "I am Ana Ruiz of Ruiz & Co, mail me at ana@x.example.")
    assert heard == "Nice to meet you!"
    told = {"name": "Ana Ruiz", "email": "ana@x.example", "company": "Ruiz & Co"}
    assert ana.last.lead == told
    assert rows(database, KNOWN) == [tuple(told.values())]
    tell(ana, "And now?")
    assert ana.last.lead == {}, "it is known"
    assert sentences.LEAD in str(ana.thoughts.prompts[0][0].content)


def test_a_marker_alone_gets_a_word_and_asking_for_a_person_works_with_it(
    database: Database, ana_of: Ana
) -> None:
    ana = ana_of('[lead name="Ana"]', '[lead company="ACME"] [handover: a quote]')
    assert tell(ana, "My name is Ana") == sentences.THANKS
    assert "person of our team" in tell(ana, "A quote for ACME please")
    assert rows(database, KNOWN) == [("Ana", None, "ACME")]
    assert value(database, "SELECT owner FROM users") == "queue"


@pytest.mark.parametrize(
    ("said", "marker"),
    [
        ("Hello", 'name="Ana"'),
        ("I am Anabel", 'name="Ana"'),
        ("I am Ana", 'name="A\u202ena"'),
        ("I am Ana <b>", 'name="Ana <b>"'),
        ("my mail is xana@x.example", 'email="ana@x.example"'),
        ("my mail is ana@x.example.org", 'email="ana@x.example"'),
        ("my mail is ana@localhost", 'email="ana@localhost"'),
        ("I am " + "x" * 90, f'name="{"x" * 90}"'),
        ("call 4917012345678", 'name="4917012345678"'),
    ],
    ids=["nowhere", "part", "bidi", "markup", "longer", "other", "local", "long",
         "number"],
)  # fmt: skip
def test_what_they_did_not_say_so_is_not_noted(said: str, marker: str) -> None:
    ana = Conversation(f"Well. [lead {marker}]")
    assert tell(ana, said) == "Well."
    assert ana.last.lead == {}


def test_what_was_heard_is_theirs_and_what_they_pass_on_is_not() -> None:
    spoke = Turn(role="user", content="", timestamp=datetime.now(UTC),
                 message_sid="SM1")  # fmt: skip
    passed_on = replace(spoke, content="I am Ben of ACME", message_sid="SM2",
                        beside={"Forwarded": "true"})  # fmt: skip
    voice = SeenMedia(media_id=1, message_sid="SM1", position=0, state="read",
                      media_type="audio/ogg", text="I am Ana Ruiz")  # fmt: skip
    chat = Userchat(chat_id="c", user_id=uuid4(), address="a", seen={("SM1", 0): voice},
                    turns=(spoke, passed_on))  # fmt: skip
    noted = read_lead('Hi [lead: name="Ana Ruiz", company="ACME"]')
    reply = Reply(turn=say("Hi", (passed_on,)))
    assert with_lead(reply, noted, chat, (passed_on,)).turn.lead == {"name": "Ana Ruiz"}


def test_markers_are_taken_out_however_they_are_written() -> None:
    for answer in (
        "Hi [lead name=Ana]", "Hi **[LEAD name='Ana']**", "Hi \\[lead name=Ana\\]",
        "Hi \u3010lead name=\u201cAna\u201d\u3011", "Hi [lead name=\"Ana\"",
        "Hi [lead]", "[lead x][lead y] Hi",
    ):  # fmt: skip
        assert read_lead(answer).text.strip() == "Hi", answer
    assert read_lead("Some [leading] words").text == "Some [leading] words"
    many = read_lead("[lead name=x]" * 10_000)
    assert many.text == ""


@pytest.mark.parametrize(
    ("email", "is_one"),
    [
        ("Ana.R+x@mail.x.example", True), ("a@b", False), ("a b@x.example", False),
        ("a@x..example", False), ("a@-x.example", False), ("ana@x.example\n", True),
        ("a\x00@x.example", False), ("@x.example", False), (f"{'a' * 65}@x.de", False),
        ("a@x.example>", False),
    ],
    ids=range(10),
)  # fmt: skip
def test_an_address_is_one_that_mail_can_be_sent_to(email: str, is_one: bool) -> None:
    assert (read_email(email) is not None) is is_one


def test_a_name_has_letters_and_no_tricks() -> None:
    assert read_name(" José da Silva ") == "José da Silva"
    assert read_name("नाम") == "नाम"
    for given in ("", "12", "a\nb", "x@y.de", "https://x", "*bold*", "\u2066x"):
        assert read_name(given) is None, given


def test_me_shows_and_changes_what_is_known(database: Database, ana_of: Ana) -> None:
    ana = ana_of("Yes.")
    shown = tell(ana, "/me", ProfileName="ana*")
    assert "Name: ana*\nE-mail: not known\nCompany: not known" in shown
    assert tell(ana, "/me name Ana Ruiz").endswith("Name: Ana Ruiz")
    assert tell(ana, "/ich Firma: Ruiz GmbH").endswith("Company: Ruiz GmbH")
    assert tell(ana, "/yo correo ANA@x.example").endswith("E-mail: ana@x.example")
    assert rows(database, KNOWN) == [("Ana Ruiz", "ana@x.example", "Ruiz GmbH")]
    assert ana.last.lead == {"email": "ana@x.example"}
    assert "/me email ana@example.com" in tell(ana, "/me email nonsense")
    assert "E-mail: ana@x.example" in tell(ana, "/me")
    assert tell(ana, "/me language") == sentences.LANGUAGE
    assert ana.thoughts.prompts == []


def test_nobody_learns_by_me_whose_address_it_is(
    database: Database, ana_of: Ana
) -> None:
    owner = "INSERT INTO users (email, role) VALUES ('owner@x.example', 'super_admin')"
    database.count(owner)
    ana = ana_of("Yes.")
    taken = tell(ana, "/me email owner@x.example")
    assert taken.replace("owner", "free") == tell(ana, "/me email free@x.example")
    tell(ana, "/me email owner@x.example")
    mine = "SELECT email, role FROM users WHERE phone_number IS NOT NULL"
    assert rows(database, mine) == [("free@x.example", "user")]


def test_an_operator_s_address_is_not_changed_by_me(
    database: Database, ana_of: Ana
) -> None:
    ana = ana_of("Yes.")
    tell(ana, "Hi")
    database.count("UPDATE users SET role = 'admin', email = 'olga@x.example'")
    assert tell(ana, "/me email else@x.example") == sentences.LOG_IN
    assert value(database, "SELECT email FROM users") == "olga@x.example"
