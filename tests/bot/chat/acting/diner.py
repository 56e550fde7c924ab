"""A diner whose tools remember what they did, and somebody who talks with its bot."""

import json
import types
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.chat.acting.unanswered import Unanswered
from bot.chat.answering import Answering
from bot.chat.handoff.policy import HandoffPolicy
from bot.knowledge.protocol import Knowledge
from bot.llm.protocol import LLM, Completion, Prompt, Tool
from bot.tools import Caller, CallKey, ToolFailedError, tool
from bot.tools.acting import Acting
from bot.tools.declaring import find_tools
from bot.tools.python_tools import PythonTools
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Call
from db.tools.calls import ToolCalls
from tests.bot.chat.conversation import Conversation
from tests.scripted_llm import Script, ScriptedLLM

SESSION = timedelta(days=1)


class Watched:
    """An LLM after whose answers something happens, once each, in turn."""

    def __init__(self, llm: LLM) -> None:
        self.llm = llm
        self.meanwhile: deque[Callable[[], object]] = deque()

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        completion = self.llm.complete(prompt, timeout, tools)
        if self.meanwhile:
            self.meanwhile.popleft()()
        return completion


@dataclass
class Kitchen:
    """What the tools did, in order; `fails` and `hangs` name those that do so next."""

    done: list[str] = field(default_factory=list)
    keys: list[CallKey] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    costs: str = "7.40 EUR"
    why: str = "the oven is cold"

    def cook(self, what: str) -> None:
        self.done.append(what)
        for told, error in ((self.fails, ToolFailedError), (self.hangs, TimeoutError)):
            if what in told:
                told.remove(what)
                raise error(self.why)

    def tools(self) -> PythonTools:
        module = types.ModuleType("diner")
        for one in (*self._of_food(), *self._of_tables()):
            setattr(module, one.__name__, one)
        return PythonTools(find_tools(module))

    def _of_food(self) -> tuple[Callable[..., str], ...]:
        @tool(effects="none")
        def price(dish: str, caller: Caller) -> str:
            """Tell what a dish costs."""
            self.callers.append(caller)
            self.cook(f"price of {dish}")
            return self.costs

        @tool(effects="once")
        def order(dish: str) -> str:
            """Order a dish."""
            self.cook(f"order of {dish}")
            return "Ordered."

        return price, order

    def _of_tables(self) -> tuple[Callable[..., str | None], ...]:
        @tool(effects="keyed")
        def reserve(people: int, key: CallKey) -> str:
            """Reserve a table."""
            self.keys.append(key)
            self.cook(f"table for {people}")
            return f"A table for {people} is reserved."

        @tool(approval="never")
        def burn() -> None:
            """Burn it all."""
            self.cook("fire")

        @tool(approval="customer")
        def pay() -> None:
            """Pay the bill."""
            self.cook("money")

        return reserve, burn, pay


class Guest(Conversation):
    """Somebody who talks with the diner's bot on PostgreSQL, and an LLM over HTTP."""

    def __init__(self, server: ScriptedLLM, client: LLM, database: Database) -> None:
        self.server, self.kitchen = server, Kitchen()
        self.llm, self.ledger = Watched(client), ToolCalls(database)
        store = PostgresChatStore(database, SESSION)
        self.acting = Acting(self.kitchen.tools(), self.ledger)
        super().__init__(
            llm=self.llm, store=store, acting=self.acting, handoff=HandoffPolicy()
        )
        unanswered = Unanswered(self.acting.box, self.ledger, self.talk.handoff)
        self.talk = replace(self.talk, instead=unanswered.instead)

    def without_people(self) -> None:
        """Have the bot be alone with everybody."""
        unanswered = Unanswered(self.acting.box, self.ledger)
        self.talk = replace(self.talk, handoff=None, instead=unanswered.instead)

    @property
    def calls(self) -> list[Call]:
        return self.ledger.find(self.sids[0])

    @property
    def states(self) -> list[str]:
        return [f"{call.tool} {call.state}" for call in self.calls]

    def results(self, request: int = -1) -> list[str]:
        """What the LLM was told by tools, in one of its prompts."""
        prompt = self.server.prompts[request]
        return [one["content"] for one in prompt if one["role"] == "tool"]


def asks(*calls: tuple[str, dict[str, Any]], text: str | None = None) -> Script:
    """An LLM's asking for tools, as it stands in the JSON."""
    written = [
        {
            "id": "same",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for name, arguments in calls
    ]
    return Script(text=text, tool_calls=written, finish_reason="tool_calls")


def on_the_shelf(guest: Guest, knowledge: Knowledge) -> None:
    """Give the guest's bot documents."""
    answering = guest.talk.answering
    assert isinstance(answering, Answering)
    known = replace(answering, knowledge=knowledge)
    guest.talk = replace(guest.talk, answering=known)
