"""A bakery whose bot has documents and tools, and what it would say today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.evaluation.again import Again
from bot.evaluation.situations import Change, Outcome, Situation
from bot.settings import WorkerParts
from bot.wiring.evaluation.answering import build_anew, build_situations
from tests.bot.chat.acting.diner import asks
from tests.conversations.playing.messages import Phone
from tests.conversations.playing.stage import Stage
from tests.db.sql import rows
from tests.scripted_llm import Script

# What is called is noted in a file, whoever's process calls it.
TOOLS = '''
from pathlib import Path

from bot.tools import ToolFailedError, tool

CALLED = Path(__file__).with_name("called")


def note(what: str) -> None:
    with CALLED.open("a") as file:
        file.write(f"{what}\\n")


@tool(effects="none")
def stock(bread: str) -> str:
    """Tell how many loaves there are."""
    note(f"stock of {bread}")
    if bread == "none":
        raise ToolFailedError("there is no such bread")
    return f"12 loaves of {bread}"


@tool(effects="once", approval="customer")
def order(bread: str) -> str:
    """Order a loaf."""
    note(f"order of {bread}")
    return f"Ordered: {bread}."
'''
PRICES = """
currency = "EUR"
date = 2026-11-01
[unknown]
input = 20
output = 100
minute = 1
characters = 60
message = 0.2
[models."gpt-4o-mini"]
input = 1
output = 4
"""
MADE = "SELECT reference_id FROM answer_makings ORDER BY made_at, reference_id"


@dataclass
class Bakery:
    """Talks on a stage; `phone` is Ana's."""

    stage: Stage
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    phone: Phone = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "tools.py").write_text(TOOLS)
        (self.folder / "prices.toml").write_text(PRICES)
        self.settings = {"BOT_TOOLS": str(self.folder / "tools.py"), **self.settings}
        self.stage.set(self.settings)
        self.phone = Phone("whatsapp:+15551230001", "Ana", self.stage.twilio)

    def says(self, told: Any, *thoughts: str | Script) -> None:
        """Have Ana say something, or several things at once, and be answered."""
        self.thinks(*thoughts)
        for one in told if isinstance(told, list) else [told]:
            self.stage.take_in(self.phone.form(one))
        assert self.stage.work() == []

    def thinks(self, *thoughts: str | Script) -> None:
        """Have the model say this next."""
        self.stage.llm.next(
            *(Script(text=one) if isinstance(one, str) else one for one in thoughts)
        )

    def calls(self, tool: str, **arguments: Any) -> Script:
        """The model's asking for a tool."""
        return asks((tool, arguments))

    @property
    def called(self) -> list[str]:
        """What tools did, in whatever process."""
        file = self.folder / "called"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def situations(self) -> list[Situation]:
        """What is kept of all answers, in their order."""
        found = build_situations(self.stage.told, self.stage.database)
        loaded = [found.load(row[0]) for row in rows(self.stage.database, MADE)]
        return [situation for situation in loaded if situation]

    def anew(self, change: Change | None = None, **more: Any) -> Again:
        server = self.stage.told.parts(WorkerParts).llm
        told, database = self.stage.told, self.stage.database
        return build_anew(told, database, server, change or Change(), **more)

    def replay(
        self, *thoughts: str | Script, at: int = -1, change: Change | None = None
    ) -> Outcome:
        """Answer a situation again, by default the last one."""
        self.thinks(*thoughts)
        return self.anew(change).answer(self.situations[at])

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What the model was shown last."""
        return self.stage.llm.prompts[-1]


def words_of(messages: Sequence[dict[str, Any]]) -> str:
    """Return all that stands in a prompt."""
    return "\n".join(str(message["content"]) for message in messages)
