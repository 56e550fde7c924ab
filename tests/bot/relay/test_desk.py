"""What operators write on their own WhatsApp reaches the customer whom it quotes."""

from uuid import UUID

from bot.chat.relay import sentences
from bot.chat.sentences import STOPPED
from bot.relay.doing import reference_of
from db.privacy.erasure import erase_person
from tests.bot.relay.office import Office, Person
from tests.db import sql

SAID = "SELECT author, body FROM reply_parts WHERE reference_id = %(reference)s"


def about(office: Office, person: Person, words: str, name: str, **more: str) -> str:
    return words.format(name=name, ticket=office.ticket_of(person), **more)


def test_a_quoted_reply_goes_to_that_customer_once_and_is_marked(
    office: Office, ana: Person, ben: Person, alerted: Person
) -> None:
    said = alerted.says("It is on\nits way.", quoting=alerted.last)
    sent = about(office, ben, sentences.SENT, "Ben")
    assert alerted.reads() == [f"{sent}\n{sentences.TAKEN}"]
    assert ben.reads() == ["It is on\nits way."]
    assert ana.reads() == []
    assert [office.owner_of(ben), office.owner_of(ana)] == ["human", "queue"]
    found = sql.rows(office.database, SAID, reference=reference_of(said.message_sid))
    assert found == [(str(alerted.user_id), "It is on\nits way.")]
    assert office.thoughts.prompts == []
    audit = "SELECT actor_id, action, subject_id FROM audit_log"
    assert sql.rows(office.database, audit) == [
        (alerted.user_id, "replied", ben.user_id)
    ]


def test_a_message_that_is_settled_is_not_passed_on_again(
    office: Office, ben: Person, alerted: Person
) -> None:
    said = alerted.says("Once.", quoting=alerted.last)
    ben.reads()
    chat_id = "SELECT chat_id FROM userchats WHERE customer_id = %(user_id)s"
    chat = sql.load(
        office.store, sql.value(office.database, chat_id, user_id=alerted.user_id)
    )
    turn = next(turn for turn in chat.turns if turn.message_sid == said.message_sid)
    for _ in range(2):
        found = office.desk.take(chat, (turn,))
        assert found is not None
        assert found[1] == 0
    assert office.talk.answer(chat.chat_id) == []
    assert ben.reads() == []


def test_the_answer_to_a_confirmation_goes_there_too(
    office: Office, ben: Person, alerted: Person
) -> None:
    alerted.says("One.", quoting=alerted.last)
    alerted.reads()
    alerted.says("Two.", quoting=alerted.last)
    assert ben.reads() == ["One.", "Two."]


def test_with_two_who_wait_it_asks_which(
    office: Office, ana: Person, ben: Person, alerted: Person
) -> None:
    alerted.says("It is on its way.")
    [asked] = alerted.reads()
    assert asked.startswith(sentences.WHICH)
    assert f"#{office.ticket_of(ana)} Ana" in asked
    assert f"#{office.ticket_of(ben)} Ben" in asked
    alerted.says("Hm", quoting=alerted.last)
    assert alerted.reads()[0].startswith(sentences.WHICH), "that names two"
    assert (ana.reads(), ben.reads()) == ([], [])
    alerted.says(f"#{office.ticket_of(ana)} It is on its way.")
    assert ana.reads() == ["It is on its way."]
    assert ben.reads() == []


def test_the_only_one_who_waits_is_answered_without_a_quote(
    office: Office, ana: Person, olga: Person
) -> None:
    office.queue(ana)
    office.tell(ana)
    olga.reads()
    olga.says("Hello Ana")
    assert ana.reads() == ["Hello Ana"]
    assert "Ana" in olga.reads()[0]
    office.pass_seconds(13 * 3600)
    olga.says("Good morning")
    assert olga.reads()[0].startswith(sentences.WHICH), "that may be about other things"
    assert ana.reads() == []


def test_of_whom_an_operator_was_not_told_is_not_answered_by_chance(
    office: Office, ana: Person, olga: Person
) -> None:
    office.queue(ana)
    olga.says("Hello bot")
    assert olga.reads()[0].startswith(sentences.WHICH)
    assert ana.reads() == []


def test_an_operator_talks_with_the_bot_as_others_do(
    office: Office, ana: Person, olga: Person
) -> None:
    olga.says("When do you open?")
    assert olga.reads() == ["I am the bot."]
    office.queue(ana)
    office.tell(ana)
    olga.reads()
    olga.says("#bot When do you open?")
    olga.says("/help")
    assert len(olga.reads()) == 2
    assert ana.reads() == []
    prompt = "\n".join(str(said.content) for said in office.thoughts.prompts[-1])
    assert "Ana" not in prompt


def test_a_customer_is_none_who_relays(
    office: Office, ana: Person, ben: Person
) -> None:
    office.queue(ana)
    ben.says(f"#{office.ticket_of(ana)} Hello")
    ben.says("/done")
    assert ana.reads() == []
    assert office.owner_of(ana) == "queue"


def test_a_command_ends_what_it_names_or_quotes(
    office: Office, ana: Person, ben: Person, alerted: Person
) -> None:
    quoted = alerted.last
    alerted.says("/done")
    assert alerted.reads()[0].startswith(sentences.WHICH)
    alerted.says(f"/done {office.ticket_of(ana)}")
    assert [office.owner_of(ana), office.owner_of(ben)] == ["bot", "queue"]
    alerted.says("/bot", quoting=quoted)
    assert office.owner_of(ben) == "bot"
    assert alerted.reads() == [
        about(office, ana, sentences.DONE, "Ana"),
        about(office, ben, sentences.GIVEN, "Ben"),
    ]
    query = "SELECT status FROM support_tickets ORDER BY id"
    assert sql.values(office.database, query) == ["resolved", "open"]


def test_who_waits_is_listed_and_alerts_are_muted(
    office: Office, ana: Person, ben: Person, alerted: Person
) -> None:
    alerted.says("/queue")
    [listed] = alerted.reads()
    assert "Ana" in listed
    assert "Ben" in listed
    alerted.says("/mute 2h")
    assert alerted.reads() == [sentences.MUTED.format(lasts="2 h")]
    office.change_owner(ana, "bot")
    office.queue(ana)
    assert office.tell(ana) == 0
    alerted.says("/mute soon")
    alerted.says("/unmute")
    assert alerted.reads() == [sentences.BAD_MUTE, sentences.UNMUTED]
    assert office.tell(ana) == 1


def test_what_comes_late_is_asked_about(
    office: Office, ben: Person, alerted: Person
) -> None:
    alerted.says("Come at five.", quoting=alerted.last, minutes=11)
    assert ben.reads() == []
    assert alerted.reads()[0].startswith("Not sent: it is 11 minutes old")
    alerted.says(f"/done {office.ticket_of(ben)}", minutes=11)
    assert office.owner_of(ben) == "queue"


def test_stop_erasure_and_another_operator_win(
    office: Office, ana: Person, ben: Person, alerted: Person
) -> None:
    ben.says("STOP")
    alerted.says("Hello", quoting=alerted.last)
    assert "STOP" in alerted.reads()[0]
    max_ = office.operator("Max", 9002)
    office.change_owner(ana, "human", by=max_)
    alerted.says(f"#{office.ticket_of(ana)} Hello")
    assert "Another operator" in alerted.reads()[0]
    alerted.says(f"/done {office.ticket_of(ana)}")
    assert "Another operator" in alerted.reads()[0]
    assert office.owner_of(ana) == "human"
    assert "Hello" not in [*ana.reads(), *ben.reads()]


def test_who_was_erased_is_told(office: Office, ben: Person, alerted: Person) -> None:
    quoted = alerted.last
    alerted.says("Hello Ben", quoting=quoted)
    alerted.reads()
    assert erase_person(office.database, ben.user_id, b"k" * 32)
    query = "SELECT count(*) FROM reply_parts WHERE body LIKE '%%Ben%%'"
    assert sql.value(office.database, query) == 0
    alerted.says("Hello Ben", quoting=quoted)
    assert alerted.reads()[-1] == sentences.GONE


def test_a_reaction_to_an_alert_is_no_word_to_the_customer(
    ben: Person, alerted: Person
) -> None:
    reaction = {"MessageType": "reaction"}
    for emoji in ("\U0001f44d", "\U0001f44e", ""):
        alerted.says(emoji, quoting=alerted.last, beside=reaction)
    assert alerted.reads() == []
    assert ben.reads() == []


def test_tricks_and_unknown_commands_are_not_passed_on(
    office: Office, ben: Person, alerted: Person
) -> None:
    quoted = alerted.last
    alerted.says("/dnoe", quoting=quoted)
    assert sentences.NO_COMMAND in alerted.reads()[0]
    for text in ("a\u202eb\x07c", "help", "STOP"):
        alerted.says(text, quoting=quoted)
    assert ben.reads() == ["abc", "help"]
    assert alerted.reads()[-1] == STOPPED


def test_an_operator_who_waits_for_a_person_still_answers_others(
    office: Office, ana: Person, olga: Person
) -> None:
    office.queue(ana)
    office.tell(ana)
    olga.reads()
    office.change_owner(olga, "human")
    olga.says("Where is my own order?")
    assert (olga.reads(), ana.reads()) == ([], []), "that is for who has the chat"
    office.pass_seconds(60)
    ana.says("Hello?")
    office.tell(ana)
    assert len(olga.reads()) == 1
    olga.says("Hello Ana", quoting=olga.last)
    assert ana.reads() == ["Hello Ana"]
    assert len(olga.reads()) == 1


def test_relayed_words_count_for_no_allowance_and_no_brake(
    office: Office, ben: Person, alerted: Person
) -> None:
    quoted = alerted.last
    for _ in range(14):
        alerted.says("ok", quoting=quoted)
    assert ben.reads() == ["ok"] * 14
    assert len(alerted.reads()) == 14


def test_an_order_that_names_its_reply_is_stable() -> None:
    assert reference_of("SM1") == reference_of("SM1") != reference_of("SM2")
    assert isinstance(reference_of("SM1"), UUID)
