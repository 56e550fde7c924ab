"""How long an answer's prompt is as a talk goes on, with memory and without.

    python -m tests.bench.memory

A customer writes some twenty words at a time, and gets some thirty; each summary is of
80 words. What is counted is the estimate that budgets are held against.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.chat.asked import Policy, prompt_for
from bot.chat.memory.policy import MemoryPolicy
from bot.chat.prompt import estimate_tokens
from bot.llm.protocol import Completion, Prompt
from bot.readers import DEFAULT_SYSTEM_PROMPT
from db import schema
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.bot.chat.memory.talker import Talker
from tests.db.sql import opened

ASKED = (
    "I would like to know whether you have number {} today, and what it costs, with "
    "cream and cut in twelve pieces, please"
)
TOLD = (
    "Yes, we have number {} today: it costs 4.80 a piece, with cream 5.30. We cut it "
    "for you. Shall I put it aside for you until six, under your name, or do you come "
    "at once?"
)
SECTION = " ".join(["She asked for cake number 12 with cream, 5.30 a piece."] * 8)
AT = (10, 100, 1000)
ROUND = 10  # exchanges between two looks of the worker


class Summing:
    """An LLM that sums everything up in as many words."""

    def __init__(self) -> None:
        self.calls = 0
        self.tokens = 0

    def complete(
        self, prompt: Prompt, timeout: float | None = None, tools: Sequence[Any] = ()
    ) -> Completion:
        self.calls += 1
        self.tokens += tokens_of(prompt)
        return Completion(json.dumps({"section": SECTION, "labels": {}}), "x", 0.0)


def tokens_of(prompt: Prompt) -> int:
    return sum(estimate_tokens(str(getattr(m, "content", ""))) for m in prompt)


def measure(database: Database, policy: Policy, address: str) -> list[list[object]]:
    """Return turns, tokens, shown turns, calls and their tokens at some lengths."""
    llm = Summing()
    talker = Talker(database, llm, policy, address)
    rows: list[list[object]] = []
    for turns in AT:
        while 2 * len(talker.sids) < turns:
            left = turns // 2 - len(talker.sids)
            talker.talks(min(ROUND, left), ASKED, TOLD)
            talker.remembers()
        talker.says("And now?", None)
        chat = talker.chat
        prompt = prompt_for(chat, chat.unanswered(), policy)
        talker.settle()
        shown = len(prompt) - 1
        rows.append([turns, tokens_of(prompt), shown, llm.calls, llm.tokens])
    return rows


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        with (
            EmbeddedPostgres(data, {"fsync": "off"}) as server,
            opened(server.url) as database,
        ):
            schema.upgrade(database)
            _print(database)


def _print(database: Database) -> None:
    policy = Policy(system_prompt=DEFAULT_SYSTEM_PROMPT)
    for number, is_on in enumerate((False, True)):
        of_memory = replace(policy, memory=MemoryPolicy(is_on=is_on))
        print(f"memory {'on' if is_on else 'off'}")
        print("  turns  tokens  messages shown  calls so far  their tokens")
        for row in measure(database, of_memory, f"whatsapp:+1555123000{number}"):
            print("  ".join(f"{cell!s:>7}" for cell in row))


if __name__ == "__main__":
    main()
