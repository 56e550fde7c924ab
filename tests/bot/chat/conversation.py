"""One user, one bot on the memory store, and an LLM that says what the test tells it.

ana = Conversation("Nine to five.")
ana.says("When do you open?")
assert ana.hears() == ["Nine to five."]
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.chat.answering import Answering
from bot.chat.channel import Channel
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.patience import Pace
from bot.chat.talk import Talk
from bot.llm.protocol import LLM, Completion, LLMError, Prompt, Tokens, Tool
from bot.tools.acting import Acting
from bot.whatsapp.inbound import parse_inbound
from db.in_memory import MemoryChatStore
from db.records import PartContent, Reply, Turn, Userchat
from db.store import ChatStore
from tests.bot.chat.transcripts import POLICY, minutes_ago

ADDRESS = "whatsapp:+15551230000"
AWAY = LLMError("the LLM is away")
REFUSED = LLMError("the LLM refused the prompt", permanent=True)
# Quiet at once: what is tested is never how long a wait takes.
PACE = Pace(quiet_seconds=0)
_numbers = itertools.count(1)

Thought = str | LLMError | Callable[[], str]


class ScriptedThoughts:
    """An LLM that has one thought after the other, the last one again and again."""

    def __init__(self, *thoughts: Thought) -> None:
        self.thoughts = deque(thoughts or ["Yes."])
        self.prompts: list[Prompt] = []
        self.timeouts: list[float] = []

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        self.prompts.append(list(prompt))
        self.timeouts.append(timeout or 0)
        more = len(self.thoughts) > 1
        thought = self.thoughts.popleft() if more else self.thoughts[0]
        if isinstance(thought, LLMError):
            raise thought
        text = thought if isinstance(thought, str) else thought()
        return Completion(text, "scripted", 0.001, Tokens(total=1))


class Waits(threading.Event):
    """Time that does not pass: notes each wait, and what happens meanwhile, happens."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._meanwhile = meanwhile

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None, "every wait has an end"
        self.seconds.append(timeout)
        self._meanwhile()
        return False


def as_one_part(reply: Reply) -> Reply:
    """What is sent: our own turns, whole."""
    ours = reply.turn.role == "assistant"
    return replace(reply, parts=(PartContent(reply.turn.content),) if ours else ())


class Conversation:
    """What a user says and hears, and what the transcript keeps of it."""

    def __init__(
        self,
        *thoughts: Thought,
        pace: Pace = PACE,
        llm: LLM | None = None,
        store: ChatStore | None = None,
        stopping: threading.Event | None = None,
        handoff: HandoffPolicy | None = None,
        acting: Acting | None = None,
    ) -> None:
        self.thoughts = ScriptedThoughts(*thoughts)
        self.store = store or MemoryChatStore(timedelta(days=1))
        self.typed: list[tuple[str, str]] = []
        self.wants_typing: Callable[[], bool] = lambda: False
        self.chat_id = ""
        self.sids: list[str] = []
        self.talk = Talk(
            store=self.store,
            answering=Answering(
                llm or self.thoughts, replace(POLICY, handoff=handoff), acting=acting
            ),
            handoff=handoff,
            channel=Channel(with_parts=as_one_part, typing=self._typing),
            pace=pace,
            stopping=stopping or threading.Event(),
        )

    @contextmanager
    def _typing(
        self, message_sid: str, is_wanted: Callable[[], bool]
    ) -> Iterator[None]:
        self.wants_typing = is_wanted
        self.typed.append(("begins", message_sid))
        yield
        self.typed.append(("ends", message_sid))

    def says(self, text: str, minutes: float = 0, **fields: str) -> str:
        """Write a message, `minutes` ago; return the chat that it opened, if it did."""
        sid = f"SM{next(_numbers):032x}"
        form = {"MessageSid": sid, "From": ADDRESS, "Body": text, **fields}
        message = parse_inbound(form)
        turn = replace(message.turn, timestamp=minutes_ago(minutes))
        receipt = self.store.record_inbound(replace(message, turn=turn))
        assert receipt.chat_id is not None
        self.sids.append(sid)
        self.chat_id = receipt.chat_id
        return receipt.chat_id

    def hears(self, seconds: float | None = None) -> list[str]:
        """Let the bot answer what is unanswered; return what it sends."""
        replies = self.talk.answer(self.chat_id, seconds=seconds)
        return [part.body for reply in replies for part in reply.parts]

    def is_kept_waiting(self) -> bool:
        """Tell whether the answer failed, so that the queue tries again."""
        try:
            self.hears()
        except LLMError:
            return True
        return False

    @property
    def chat(self) -> Userchat:
        chat = self.store.load_chat(self.chat_id)
        assert chat is not None
        return chat

    @property
    def transcript(self) -> list[str]:
        """Who said what, in the order in which it was stored."""
        return [f"{turn.role}: {turn.content}" for turn in self.chat.turns]

    @property
    def bot_said(self) -> list[str]:
        """Everything that the bot said in this chat."""
        return [t.content for t in self.chat.turns if t.role == "assistant"]

    @property
    def last(self) -> Turn:
        return self.chat.turns[-1]

    def llm_saw(self, prompt: int = -1) -> list[str]:
        """The texts of a prompt, without the system's."""
        return [str(message.content) for message in self.thoughts.prompts[prompt][1:]]
