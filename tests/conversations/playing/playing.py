"""Plays a conversation, step by step."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zlib import crc32

from db.support.owners import Owners
from tests.conversations.playing.checking import (
    Unexpected,
    check_phone,
    check_prompt,
)
from tests.conversations.playing.messages import Phone
from tests.conversations.playing.reading import Conversation, Step, as_list, check_keys
from tests.conversations.playing.stage import Stage
from tests.conversations.playing.stored import check_store
from tests.db.sql import rows
from tests.db.support.takeovers import add_operator, reply_to, says
from tests.scripted_llm import Script

FIND = "SELECT user_id FROM user_addresses WHERE address = %(address)s"
HEARD = {"says", "language", "fails"}
THOUGHT = {"says", "json", "fails", "code", "because", "finish", "meanwhile"}
HAPPENS = {"user", "operator"}
TYPED = re.compile("[0-9]+|true|false")
LONGEST_LINE = 300


@dataclass(slots=True)
class Player:
    """Plays one conversation; `lines` are what was said so far, as people read it."""

    stage: Stage
    talk: Conversation
    phone: Phone = field(init=False)
    lines: list[str] = field(default_factory=list)
    user_id: UUID | None = None
    operator: UUID | None = None

    def __post_init__(self) -> None:
        prefix = self.talk.person.get("number", "+1555")
        number = f"{prefix}{crc32(self.talk.name.encode()) % 10**7:07d}"
        name = self.talk.person.get("name", "Ana")
        self.phone = Phone(f"whatsapp:{number}", name, self.stage.twilio)

    def find_fault(self) -> str | None:
        """Play all steps; return where something is not as expected, and the talk."""
        address = self.phone.address
        written = {k: v.replace("{me}", address) for k, v in self.talk.settings.items()}
        self.stage.set(written)
        self._find_user()
        if self.user_id:
            return f"{self.talk.name}.yaml: another one has its number; rename it"
        for step in self.talk.steps:
            try:
                self._play(step)
            except AssertionError as error:
                said = "\n".join(self.lines)
                where = f"{self.talk.name}.yaml, {step}: {error}"
                return f"{where}\n\nThe talk:\n{said}"
        return None

    def _play(self, step: Step) -> None:
        asked, got = len(self.stage.llm.requests), len(self.stage.twilio.delivered)
        thoughts = step.many("llm")
        self._script(thoughts, step.many("hears"))
        self._act(step)
        waits = self.stage.work()
        prompts = self.stage.llm.prompts[asked:]
        delivered = self.stage.twilio.delivered[got:]
        self.lines += [f"  (the model is asked: {_line(p[-1])})" for p in prompts]
        self.lines += [f"    bot: {one.text} {one.media or ''}" for one in delivered]
        self._find_user()
        if len(prompts) != len(thoughts):
            found = [_line(prompt[-1]) for prompt in prompts]
            raise Unexpected("how often the model is asked", len(thoughts), found)
        if bool(waits) != (step.told.get("waits") == "yes"):
            raise Unexpected("whether it waits", step.told.get("waits"), str(waits))
        self._check(step, prompts, delivered)

    def _check(self, step: Step, prompts: list[Any], delivered: list[Any]) -> None:
        shown = step.many("shown")
        if len(shown) > len(prompts):
            raise Unexpected("what the model was shown", shown, "it was asked less")
        for prompt, wanted in zip(prompts[-len(shown) :], shown, strict=bool(shown)):
            check_prompt(prompt, wanted)
        if "phone" in step.told:
            check_phone(delivered, step.told["phone"])
        if "store" in step.told:
            check_store(self.stage.database, self.user_id, step.told["store"])

    def _script(self, thoughts: list[Any], heard: list[Any]) -> None:
        """Have the servers do next what a step says."""
        for told in thoughts:
            thought = {"says": told} if isinstance(told, str) else told
            check_keys(thought, THOUGHT, "llm")
            happens = thought.get("meanwhile")
            act = (lambda told=happens: self._meanwhile(told)) if happens else None
            self.stage.llm.meanwhile.append(act)
            self.stage.llm.next(_script_of(thought))
        for told in heard:
            words = {"says": told} if isinstance(told, str) else told
            check_keys(words, HEARD, "hears")
            if "fails" in words:
                self.stage.speech.fails(int(words["fails"]))
            else:
                language = words.get("language", "english")
                self.stage.speech.hears(words["says"], language=language)

    def _act(self, step: Step) -> None:
        match step.action:
            case "user":
                self._say(step.does)
            case "burst":
                for told in step.does:
                    self._say(told)
            case "later":
                self.lines.append(f"  ({step.does} later)")
                self.stage.pass_time(step.does)
            case "again":
                self.lines.append("  (what waits is tried again)")
            case "goes_quiet":
                self.lines.append("  (the talk goes quiet, and is summed up)")
                self.stage.pass_time(step.does)
                self.stage.look_for_memory(self.user_id)
            case "operator":
                self._operate(step.does)

    def _say(self, told: Any) -> None:
        self.lines.append(f"  user: {told}"[:LONGEST_LINE])
        self.stage.take_in(self.phone.form(told))

    def _meanwhile(self, told: Any) -> None:
        check_keys(told, HAPPENS, "meanwhile")
        for one in as_list(told.get("user", [])):
            self._say(one)
        self._find_user()
        if "operator" in told:
            self._operate(told["operator"])

    def _find_user(self) -> None:
        found = rows(self.stage.database, FIND, address=self.phone.address)
        self.user_id = found[0][0] if found else self.user_id

    def _operate(self, told: Any) -> None:
        """Take the user over, give them back, or write to them, as the console does."""
        assert self.user_id, "nobody wrote yet"
        self.lines.append(f"  operator: {told}")
        database = self.stage.database
        if self.operator is None:
            self.operator = add_operator(database, self.talk.name)
        owners = Owners(database)
        if told == "takes":
            owners.take(self.user_id, self.operator)
        elif told == "gives":
            owners.give(self.user_id, self.operator)
        else:
            check_keys(told, {"replies"}, "operator")
            words = told["replies"]
            says(database, reply_to(self.user_id, words, author_id=self.operator))


def _script_of(thought: dict[str, Any]) -> Script:
    if "json" in thought:
        return Script(text=json.dumps(_typed(thought["json"])))
    if "fails" in thought:
        status, body = int(thought["fails"]), thought.get("because")
        told = json.dumps({"error": {"message": body}}) if body else None
        return Script(status=status, code=thought.get("code"), body=told)
    words, _, times = thought["says"].rpartition(" * ")
    text = words * int(times) if times.isdigit() and words else thought["says"]
    return Script(text=text, finish_reason=thought.get("finish", "stop"))


def _typed(told: Any) -> Any:
    """Return numbers, true and false as JSON has them: our YAML knows texts alone."""
    if isinstance(told, dict):
        return {name: _typed(one) for name, one in told.items()}
    if isinstance(told, list):
        return [_typed(one) for one in told]
    return json.loads(told) if TYPED.fullmatch(told) else told


def _line(message: Any) -> str:
    return str(message["content"])[:LONGEST_LINE]
