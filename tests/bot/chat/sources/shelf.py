"""What the business knows, as the tests have it, and a customer who asks for it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.chat.answering import Answering
from bot.chat.asked import Policy
from bot.chat.sources.policy import SourcePolicy
from bot.knowledge.protocol import Question
from db.records import Found, Passage, Product, Reply, Turn
from tests.bot.chat.conversation import ScriptedThoughts, Thought
from tests.bot.chat.transcripts import POLICY, chat_of, user_says

TERMS = ("bread", "cost", "rye")
PRICES = Passage(
    chunk_id=1,
    document_id=10,
    title="Price list 2026",
    text="Rye bread, 500 g: 4.20 \u20ac\nWheat rolls: 0.60 \u20ac each",
    heading="Bread",
    page=7,
    url="https://bakery.example/prices.pdf",
    sha256="ab" * 32,
    score=0.9,
)
HOURS = Passage(
    chunk_id=2,
    document_id=11,
    title="Opening hours",
    text="Monday to Friday 7:00\u201318:30, Saturday 7-13. Call 030 1234567.",
    score=0.5,
)
CAKE = Passage(
    chunk_id=3,
    document_id=12,
    title="Products",
    text="A cake of plums, baked each morning.",
    product=Product(
        sku="C1",
        name="Plum cake",
        price=Decimal("18.50"),
        currency="EUR",
        url="https://bakery.example/plum",
        image_url="https://bakery.example/plum.jpg",
        in_stock=True,
    ),
    score=0.4,
)


class Shelf:
    """Knowledge that always finds the same, and notes what it was asked."""

    def __init__(self, *passages: Passage, confidence: float | None = 0.9) -> None:
        self.found = Found(passages=passages, confidence=confidence, terms=TERMS)
        self.questions: list[tuple[Question, float]] = []

    def find(self, question: Question, seconds: float) -> Found:
        self.questions.append((question, seconds))
        return self.found


class Customer:
    """Asks a bot that knows what is on a shelf."""

    def __init__(
        self,
        *thoughts: Thought,
        shelf: Shelf | None = None,
        policy: Policy = POLICY,
        **sources: Any,
    ) -> None:
        self.llm = ScriptedThoughts(*thoughts)
        self.shelf = shelf or Shelf(PRICES, HOURS, CAKE)
        policy = replace(policy, sources=SourcePolicy(**sources))
        self.answering = Answering(self.llm, policy, knowledge=self.shelf)

    def asks(self, text: str = "What does rye bread cost?", *before: Turn) -> Reply:
        batch = (user_says(text, "now"),)
        return self.answering.answer(chat_of(*before, *batch), batch, 30)

    def hears(self, text: str = "What does rye bread cost?") -> str:
        return self.asks(text).turn.content

    @property
    def prompt(self) -> list[str]:
        return [str(message.content) for message in self.llm.prompts[-1]]
