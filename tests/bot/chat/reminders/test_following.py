"""After which answers who is silent is asked once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.reminders.following import Following
from bot.chat.replies import Batch, say
from db.records import Deed, HandOver, PartContent, Product, Reply, Userchat
from tests.bot.chat.transcripts import chat_of, user_says
from tests.records import stood_on

HOURS = timedelta(hours=4)
DEED = Deed("follow_up", {"seconds": 14_400.0})


class Answered:
    """Whoever answered already."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def answer(self, _chat: Userchat, _batch: Batch, _seconds: float, /) -> Reply:
        return self.reply


def planned(chat: Userchat, **known: object) -> tuple[Deed, ...]:
    """Return what is written with an answer to Ana."""
    batch = (chat.turns[0],)
    turn = replace(say("Rye?", batch), choices=known.pop("choices", ()))  # type: ignore[arg-type]
    reply = replace(Reply(turn=turn), **known)  # type: ignore[arg-type]
    return Following(Answered(reply), HOURS).answer(chat, batch, 1.0).deeds


@pytest.mark.parametrize(
    "known",
    [
        {"choices": ("Rye", "Wheat")},
        {"pictures": (PartContent("", media=("file:menu.pdf",)),)},
        {"stood_on": (stood_on("Rye", product=Product(sku="1", name="Rye")),)},
    ],
    ids=["choices", "a file", "a product"],
)
def test_after_an_offer_it_is(known: dict[str, object]) -> None:
    chat = chat_of(user_says("Bread?", "1"))
    assert planned(chat, **known) == (DEED,)
    assert planned(chat, **known, hands_over=HandOver(reason="asked")) == ()
    muted = replace(chat, preferences={"alerts": "off"})
    assert planned(muted, **known) == ()


def test_after_an_answer_that_offers_nothing_it_is_not() -> None:
    chat = chat_of(user_says("When do you open?", "1"))
    assert planned(chat) == ()
    unnamed = stood_on("Rye", is_cited=False, product=Product(sku="1", name="Rye"))
    assert planned(chat, stood_on=(stood_on("Hours"), unnamed)) == ()
