"""The demo bakery comes once, to a new database, and gives way."""

from datetime import timedelta
from pathlib import Path

from bot.chat.answering import Answering
from bot.chat.asked import Policy
from bot.chat.sources.policy import SourcePolicy
from bot.local.demo_business import CATALOGUE_PLACE, FOLDER, MARK, take_in
from bot.local.run import FOR_THE_LOCAL_MODEL
from bot.settings import Settings
from bot.wiring.knowledge import build_knowledge
from db.chats import PostgresChatStore
from db.database import Database
from db.knowledge.documents import Documents
from db.records import NewDocument
from tests.bot.chat.conversation import ScriptedThoughts
from tests.bot.chat.transcripts import chat_of, user_says
from tests.records import said

PLACES = "SELECT file_path FROM documents ORDER BY file_path"
COUNT = "SELECT count(*) FROM products"


def test_it_comes_once_and_goes_with_the_first_own_document(
    database: Database, tmp_path: Path
) -> None:
    assert take_in(database, tmp_path)
    pages = [f"demo/{file.name}" for file in FOLDER.glob("*.md")]
    assert set(database.column(PLACES)) == {*pages, CATALOGUE_PLACE}
    assert database.scalar(COUNT) == 20
    Documents(database).add(NewDocument(content=b"Ours", file_path="/ours.txt"))
    assert not take_in(database, tmp_path)
    assert database.column(PLACES) == ["/ours.txt"]
    assert database.scalar(COUNT) == 0


def test_a_newcomer_is_told_the_right_price_before_there_are_vectors(
    database: Database, tmp_path: Path
) -> None:
    take_in(database, tmp_path)
    policy = Policy(
        system_prompt="You help.",
        token_budget=int(FOR_THE_LOCAL_MODEL["PROMPT_TOKEN_BUDGET"]),
        sources=SourcePolicy(quotes_uncited=True),
    )
    knowledge = build_knowledge(Settings.from_env({}), database)
    bot = Answering(ScriptedThoughts("Bread is food."), policy, knowledge=knowledge)
    batch = (user_says("What does rye bread cost?", "1"),)
    reply = bot.answer(chat_of(*batch), batch, 30)
    assert "> Rye bread: 4.20 EUR\n" in reply.turn.content
    assert "Price list: Rye bread" in reply.sources


def test_broken_off_it_is_added_again_and_nothing_is_there_twice(
    database: Database, tmp_path: Path
) -> None:
    take_in(database, tmp_path)
    before = database.column(PLACES)
    (tmp_path / MARK).unlink()
    assert take_in(database, tmp_path)
    assert database.column(PLACES) == before


def test_who_has_users_already_gets_none(database: Database, tmp_path: Path) -> None:
    PostgresChatStore(database, timedelta(days=1)).record_inbound(said("Hi"))
    assert not take_in(database, tmp_path)
    assert database.column(PLACES) == []
