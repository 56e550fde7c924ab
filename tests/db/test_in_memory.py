"""What memory alone must mind: its bounds, and many threads of one process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from db.in_memory import MOST_CHATS, MOST_TURNS_A_CHAT, MemoryChatStore
from db.records import Userchat
from tests.records import ANA, answer_to, said

DAY = timedelta(days=1)


def take_in(store: MemoryChatStore, text: str, address: str = ANA) -> str:
    chat_id = store.record_inbound(said(text, address)).chat_id
    assert chat_id is not None
    return chat_id


def load(store: MemoryChatStore, chat_id: str) -> Userchat:
    chat = store.load_chat(chat_id)
    assert chat is not None
    return chat


def test_after_the_session_timeout_a_new_chat_is_opened() -> None:
    store = MemoryChatStore(timedelta(milliseconds=1))
    old = take_in(store, "Hello")
    Event().wait(0.01)
    new = take_in(store, "Hello again")
    assert new != old
    assert not load(store, old).is_active
    assert len(load(store, new).turns) == 1


def test_many_threads_lose_nothing_and_double_nothing() -> None:
    store = MemoryChatStore(DAY)
    messages = [said(f"message {n}", f"whatsapp:+1555000{n % 5}") for n in range(300)]
    with ThreadPoolExecutor(32) as threads:
        receipts = list(threads.map(store.record_inbound, messages * 3))
    chats = {receipt.chat_id for receipt in receipts if receipt.chat_id}
    assert sum(receipt.is_new for receipt in receipts) == 300
    assert sorted(len(load(store, chat_id).turns) for chat_id in chats) == [60] * 5


def test_of_many_replies_to_one_message_one_is_stored() -> None:
    store = MemoryChatStore(DAY)
    message = said("a question")
    chat_id = store.record_inbound(message).chat_id or ""
    replies = [answer_to(message) for _ in range(32)]
    with ThreadPoolExecutor(32) as threads:
        stored = list(threads.map(lambda r: store.record_reply(chat_id, r), replies))
    assert len(list(filter(None, stored))) == 1


def test_the_oldest_chats_go_when_there_are_too_many() -> None:
    store = MemoryChatStore(DAY)
    chats = [take_in(store, "Hello", f"whatsapp:+{n}") for n in range(MOST_CHATS + 3)]
    assert [store.load_chat(chat_id) for chat_id in chats[:3]] == [None] * 3
    assert load(store, chats[3]).is_active
    assert take_in(store, "Hello again", "whatsapp:+0") != chats[0]


def test_a_chat_keeps_its_newest_turns() -> None:
    store = MemoryChatStore(DAY)
    for n in range(MOST_TURNS_A_CHAT):
        take_in(store, f"{n}")
    chat = load(store, take_in(store, "the last"))
    assert len(chat.turns) == MOST_TURNS_A_CHAT
    assert (chat.turns[0].content, chat.turns[-1].content) == ("1", "the last")
