"""A diner that books nothing before somebody allows it."""

import types
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.chat.answering import Answering
from bot.chat.approval.approving import Approving
from bot.llm.protocol import LLM
from bot.tools import CallKey, tool
from bot.tools.approval.waiting import ByApproval
from bot.tools.declaring import find_tools
from bot.tools.protocol import Approval, Caller, Toolbox
from bot.tools.python_tools import PythonTools
from db.database import Database
from db.records import Turn
from db.tools.approvals import PostgresApprovals
from tests.bot.chat.acting.diner import Guest, asks
from tests.db.sql import rows
from tests.scripted_llm import Script, ScriptedLLM

# Two are seated at once, ten and more by a person.
BY_PEOPLE: Mapping[str, Approval] = {"2": "always", "1?": "operator"}
STATES = "SELECT arguments ->> 'people', state FROM tool_calls ORDER BY created_at"


class Oven:
    """A toolbox whose process may be killed right behind an effect."""

    def __init__(self, box: Toolbox) -> None:
        self.box, self.kills = box, False
        self.offered, self.find_spec = box.offered, box.find_spec

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,
        seconds: float,
    ) -> str:
        told = self.box.call(name, arguments, caller, key, seconds)
        if self.kills:
            raise KeyboardInterrupt
        return told


class Diner(Guest):
    """A guest whose table is booked once they allow it."""

    def __init__(self, llm: ScriptedLLM, client: LLM, database: Database) -> None:
        super().__init__(llm, client, database)
        self.booked: list[object] = []
        self.database = database
        self.oven = Oven(PythonTools(find_tools(self.module())))
        acting = replace(self.acting, box=self.oven, gate=ByApproval(has_people=True))
        assert isinstance(self.talk.answering, Answering)
        answering = replace(self.talk.answering, acting=acting)
        approvals = PostgresApprovals(database)
        approving = Approving(
            answering, self.oven, self.ledger, approvals, self.talk.handoff
        )
        self.talk = replace(self.talk, answering=approving)

    def module(self) -> types.ModuleType:
        module = types.ModuleType("diner")

        @tool(effects="once", approval="customer", asks="A table for {people}?")
        def book(people: int) -> str:
            """Book a table."""
            self.booked.append(people)
            return f"Booked for {people}."

        @tool(effects="keyed", approval="customer", asks="Move it to {people}?")
        def move(people: int, key: CallKey) -> str:
            """Move a table."""
            self.booked.append((people, key))
            return "Moved."

        @tool(effects="once", approval="operator")
        def refund(people: int) -> str:
            """Give money back."""
            self.booked.append(people)
            return "Given back."

        @tool(effects="keyed", approval="operator")
        def rebate(people: int, key: CallKey) -> str:
            """Give less back."""
            self.booked.append((people, key))
            return "Given back."

        for each in (book, move, refund, rebate, self.seat()):
            setattr(module, each.__name__, each)
        return module

    def seat(self) -> Callable[[int], str]:
        @tool(approval="customer", resource="people", approvals=BY_PEOPLE)
        def seat(people: int) -> str:
            """Lay a table."""
            self.booked.append(people)
            return "Laid."

        return seat

    def wants(self, people: int = 4, tool: str = "book", said: str = "Gladly.") -> Turn:
        """Have the LLM ask for a table; return the question."""
        self.server.next(asks((tool, {"people": people})), Script(text=said))
        self.says(f"A table for {people}")
        self.hears()
        return self.last

    def taps(self, question: Turn, word: str = "yes") -> list[str]:
        payload = f"{question.asks}:{word}"
        self.says(word.title(), ButtonText=word.title(), ButtonPayload=payload)
        return self.hears()

    @property
    def kept(self) -> list[tuple[str, str]]:
        found = rows(self.database, STATES)
        return [(str(people), str(state)) for people, state in found]
