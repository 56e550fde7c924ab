"""What both stores promise: each test runs on PostgreSQL and in memory."""

from dataclasses import replace

import pytest

from db.records import InboundMessage, Turn, Userchat
from db.store import ChatStore
from tests.records import ANA, ANAS_ID, BEN, answer_to, new_sid, notice_about, said


def take_in(store: ChatStore, message: InboundMessage) -> str:
    receipt = store.record_inbound(message)
    assert receipt.chat_id is not None
    return receipt.chat_id


def load(store: ChatStore, chat_id: str) -> Userchat:
    chat = store.load_chat(chat_id)
    assert chat is not None
    return chat


def contents(chat: Userchat) -> list[str]:
    return [turn.content for turn in chat.turns]


def in_milliseconds(turn: Turn) -> Turn:
    """A turn as the database keeps it: to the millisecond."""
    stamp = turn.timestamp
    return replace(
        turn, timestamp=stamp.replace(microsecond=stamp.microsecond // 1000 * 1000)
    )


def test_the_first_message_makes_the_user_and_the_chat(store: ChatStore) -> None:
    message = said("Hello", profile_name="Ana")
    chat = load(store, take_in(store, message))
    assert [in_milliseconds(turn) for turn in chat.turns] == [
        in_milliseconds(message.turn)
    ]
    assert (chat.address, chat.name) == (ANA, "Ana")
    assert chat.is_active
    assert chat.user_is_active
    assert not chat.opted_out
    assert contents(chat) == [turn.content for turn in chat.unanswered()]


def test_a_message_keeps_everything_that_came_with_it(store: ChatStore) -> None:
    bare = said("look")
    media = ({"type": "image/jpeg", "url": "https://api.twilio.com/x"},)
    turn = replace(bare.turn, media=media, opt_out_type="HELP")
    chat = load(store, take_in(store, replace(bare, turn=turn)))
    assert chat.turns[0].media == media
    assert chat.turns[0].opt_out_type == "HELP"


def test_the_same_sid_again_adds_nothing(store: ChatStore) -> None:
    message = said("Hello", profile_name="Ana")
    chat_id = take_in(store, message)
    again = store.record_inbound(message)
    assert not again.is_new
    assert again.chat_id is None
    assert contents(load(store, chat_id)) == ["Hello"]


def test_a_repeated_sid_of_another_address_adds_nothing(store: ChatStore) -> None:
    message = said("Hello", ANA)
    chat_id = take_in(store, message)
    forged = said("Hello", BEN, message_sid=message.message_sid, opens_chat=True)
    assert not store.record_inbound(forged).is_new
    assert load(store, chat_id).is_active


def test_the_next_message_goes_into_the_same_chat(store: ChatStore) -> None:
    first = take_in(store, said("one"))
    second = take_in(store, said("two"))
    assert first == second
    assert contents(load(store, first)) == ["one", "two"]


def test_every_user_has_a_chat_of_their_own(store: ChatStore) -> None:
    of_ana = take_in(store, said("I am Ana", ANA))
    of_ben = take_in(store, said("I am Ben", BEN))
    assert contents(load(store, of_ana)) == ["I am Ana"]
    assert contents(load(store, of_ben)) == ["I am Ben"]
    assert load(store, of_ana).user_id != load(store, of_ben).user_id


def test_number_and_id_lead_to_one_user_by_either_later(store: ChatStore) -> None:
    both = take_in(store, said("both", ANA, other_address=ANAS_ID))
    by_id = take_in(store, said("by id", ANAS_ID))
    by_number = take_in(store, said("by number", ANA))
    assert both == by_id == by_number
    assert load(store, both).address == ANA


def test_an_id_that_shows_its_number_later_stays_one_user(store: ChatStore) -> None:
    hidden = take_in(store, said("hidden", ANAS_ID))
    shown = take_in(store, said("shown", ANA, other_address=ANAS_ID))
    by_number = take_in(store, said("by number", ANA))
    assert hidden == shown == by_number
    assert load(store, hidden).address == ANAS_ID


def test_a_number_that_gets_an_id_later_stays_one_user(store: ChatStore) -> None:
    before = take_in(store, said("before", ANA))
    both = take_in(store, said("both", ANA, other_address=ANAS_ID))
    by_id = take_in(store, said("by id", ANAS_ID))
    assert before == both == by_id


def test_a_number_handed_on_follows_the_new_owners_id(store: ChatStore) -> None:
    old = take_in(store, said("I am Ana", ANA, other_address=ANAS_ID))
    bens_id = "whatsapp:DE.9Z8Y7X"
    bens = take_in(store, said("I am Ben", BEN, other_address=bens_id))
    moved = take_in(store, said("with Ana's number", ANA, other_address=bens_id))
    assert moved == bens != old
    assert take_in(store, said("Ben again", ANA)) == bens
    assert take_in(store, said("Ana again", ANAS_ID)) == old


def test_a_message_that_opens_a_chat_closes_the_old_one(store: ChatStore) -> None:
    old = take_in(store, said("old talk"))
    new = take_in(store, said("/new", opens_chat=True))
    after = take_in(store, said("new talk"))
    assert old != new == after
    assert not load(store, old).is_active
    assert contents(load(store, old)) == ["old talk"]
    assert load(store, new).is_active
    assert contents(load(store, new)) == ["/new", "new talk"]


def test_the_first_message_of_all_may_open_a_chat(store: ChatStore) -> None:
    chat = load(store, take_in(store, said("/new", opens_chat=True)))
    assert contents(chat) == ["/new"]
    assert chat.is_active


def test_a_reply_settles_its_messages(store: ChatStore) -> None:
    first, second, later = said("one"), said("two"), said("three")
    chat_id = take_in(store, first)
    take_in(store, second)
    take_in(store, later)
    reply = answer_to(first, second)
    assert store.record_reply(chat_id, reply)
    chat = load(store, chat_id)
    assert [turn.content for turn in chat.unanswered()] == ["three"]
    assert in_milliseconds(chat.turns[-1]) == in_milliseconds(reply.turn)


def test_a_second_reply_to_any_of_the_same_is_refused(store: ChatStore) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(store, first)
    take_in(store, second)
    assert store.record_reply(chat_id, answer_to(first))
    refused = answer_to(first, second, text="Again.", opts_out=True, error="late")
    assert not store.record_reply(chat_id, refused)
    chat = load(store, chat_id)
    assert contents(chat) == ["one", "two", "Yes."]
    assert not chat.opted_out
    assert [turn.error for turn in chat.turns] == [None, None, None]
    assert store.record_reply(chat_id, answer_to(second))


def test_one_notice_is_given_and_the_answer_may_follow(store: ChatStore) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(store, first)
    take_in(store, second)
    assert store.record_reply(chat_id, notice_about(first))
    assert not store.record_reply(chat_id, notice_about(first, second))
    assert len(load(store, chat_id).unanswered()) == 2
    assert store.record_reply(chat_id, answer_to(first, second))


def test_no_notice_comes_after_the_answer(store: ChatStore) -> None:
    message = said("one")
    chat_id = take_in(store, message)
    assert store.record_reply(chat_id, answer_to(message))
    assert not store.record_reply(chat_id, notice_about(message))
    assert contents(load(store, chat_id)) == ["one", "Yes."]


def test_an_error_is_put_on_the_messages_it_settles(store: ChatStore) -> None:
    lost, other = said("lost"), said("other")
    chat_id = take_in(store, lost)
    take_in(store, other)
    assert store.record_reply(chat_id, answer_to(lost, error="the LLM is away"))
    errors = {turn.content: turn.error for turn in load(store, chat_id).turns}
    assert errors == {"lost": "the LLM is away", "other": None, "Yes.": None}


def test_an_answer_is_refused_once_more_was_said_than_it_was_made_from(
    store: ChatStore,
) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(store, first)
    take_in(store, second)
    assert store.record_reply(chat_id, answer_to(first), 1) == 0
    assert contents(load(store, chat_id)) == ["one", "two"]
    assert store.record_reply(chat_id, answer_to(first, second), 2) == 3


def test_an_answer_is_refused_once_its_user_opted_out(store: ChatStore) -> None:
    stop, question = said("stop"), said("a question")
    chat_id = take_in(store, stop)
    assert store.record_reply(chat_id, answer_to(stop, opts_out=True))
    take_in(store, question)
    assert store.record_reply(chat_id, answer_to(question), 1000) == 0
    assert store.record_reply(chat_id, answer_to(question, parts=()))


def test_a_user_opts_out_and_in_again(store: ChatStore) -> None:
    stop, again, start = said("STOP"), said("stop"), said("START")
    chat_id = take_in(store, stop)
    for message in (again, start):
        take_in(store, message)
    assert store.record_reply(chat_id, answer_to(stop, opts_out=True))
    assert load(store, chat_id).opted_out
    assert store.record_reply(chat_id, answer_to(again, opts_out=True))
    assert load(store, chat_id).opted_out
    assert store.record_reply(chat_id, answer_to(start, opts_out=False))
    assert not load(store, chat_id).opted_out


def test_opting_out_holds_for_the_user_in_every_chat(store: ChatStore) -> None:
    stop = said("STOP")
    chat_id = take_in(store, stop)
    assert store.record_reply(chat_id, answer_to(stop, opts_out=True))
    assert load(store, take_in(store, said("/new", opens_chat=True))).opted_out
    assert not load(store, take_in(store, said("Hello", BEN))).opted_out


def test_a_reply_may_still_go_into_a_chat_that_was_closed(store: ChatStore) -> None:
    message = said("a question")
    old = take_in(store, message)
    new = take_in(store, said("/new", opens_chat=True))
    assert store.record_reply(old, answer_to(message))
    assert contents(load(store, old)) == ["a question", "Yes."]
    assert not load(store, old).is_active
    assert contents(load(store, new)) == ["/new"]


def test_silence_is_stored_like_a_reply(store: ChatStore) -> None:
    message = said("after STOP")
    chat_id = take_in(store, message)
    said_nothing = answer_to(message, parts=())
    turn = replace(said_nothing.turn, role="system", reference_id=None)
    assert store.record_reply(chat_id, replace(said_nothing, turn=turn))
    assert load(store, chat_id).unanswered() == ()


@pytest.mark.parametrize("chat_id", ["0" * 16, "", "no chat'; --"])
def test_an_unknown_chat_is_nothing(store: ChatStore, chat_id: str) -> None:
    message = said("Hello", message_sid=new_sid())
    assert store.load_chat(chat_id) is None
    assert not store.record_reply(chat_id, answer_to(message))
