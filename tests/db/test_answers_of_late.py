"""How much was answered of late: counted where it is stored."""

from datetime import timedelta

from bot.chat.limits.allowance import WORDS as LIMITS
from bot.languages.speaking import every_wording
from bot.whatsapp.text.parts import with_parts
from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.answered import AnswersOfLate
from db.outbox import PostgresOutbox
from db.records import Reply
from tests.db.parts import replied
from tests.db.sql import change, take_in
from tests.records import BEN, reply_turn, said

HOUR = timedelta(hours=1)
WORDS = tuple(every_wording(*LIMITS.values()))


def test_replies_are_counted_for_a_person_and_for_all(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (anas, _) = replied(pg, outbox, "in two", "parts")
    replied(pg, outbox, "another one")
    (bens,) = replied(pg, outbox, "to somebody else", to=BEN)

    def answered(most: int = 10) -> tuple[int, int]:
        late = AnswersOfLate(database)
        all_of_them = late.to_all(WORDS, HOUR, most, "hour")
        return late.to_person(anas.user_id, WORDS, HOUR), all_of_them

    assert answered() == (2, 3)
    assert answered(most=2) == (2, 2)
    replied(pg, outbox, WORDS[0])
    replied(pg, outbox, WORDS[1], to=BEN)
    assert answered() == (2, 3)
    change(database, "UPDATE reply_parts SET created_at = now() - interval '61 min'")
    assert answered() == (0, 0)
    assert bens.user_id != anas.user_id


def test_a_chat_comes_with_how_many_its_user_got_within_the_hour(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    replied(pg, outbox, "in two", "parts")
    replied(pg, outbox, WORDS[0])
    replied(pg, outbox, "to somebody else", to=BEN)

    def answers_of_hour() -> int | None:
        chat = pg.load_chat(take_in(pg, said("and?")))
        return chat.answers_of_hour if chat else None

    assert answers_of_hour() == 2
    change(database, "UPDATE reply_parts SET author = 'broadcast' WHERE position = 0")
    assert answers_of_hour() == 0
    change(database, "UPDATE reply_parts SET author = 'bot'")
    change(database, "UPDATE reply_parts SET created_at = now() - interval '61 min'")
    assert answers_of_hour() == 0
    (part,) = replied(pg, outbox, "now")
    chat = pg.load_chat(part.chat_id)
    assert chat
    assert chat.answers_of_hour == 1
    assert chat.with_reply(Reply(turn=reply_turn("more"))).answers_of_hour == 2


def test_what_all_got_is_counted_now_and_then(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    seldom, always = AnswersOfLate(database, 60), AnswersOfLate(database, 0)
    (part,) = replied(pg, outbox, "one")

    def answered(late: AnswersOfLate) -> tuple[int, int]:
        to_all = late.to_all(WORDS, HOUR, 10, "hour")
        return late.to_person(part.user_id, WORDS, HOUR), to_all

    assert [answered(seldom), answered(always)] == [(1, 1), (1, 1)]
    replied(pg, outbox, "two")
    assert [answered(seldom), answered(always)] == [(2, 1), (2, 2)]


def test_the_words_are_sent_as_they_are_counted() -> None:
    for word in WORDS:
        (part,) = with_parts(Reply(turn=reply_turn(word))).parts
        assert part.body == word
