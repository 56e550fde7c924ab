"""A conversation as it stands in its file: all is text, and every key is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OF_A_TALK = {"why", "settings", "person", "talk", "needs"}
# What happens; each step has one of these.
ACTIONS = ("user", "burst", "later", "again", "operator", "goes_quiet")
OF_A_STEP = {*ACTIONS, "llm", "hears", "shown", "phone", "store", "waits"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and what is expected of it."""

    number: int
    action: str
    told: Mapping[str, Any]

    @property
    def does(self) -> Any:
        return self.told[self.action]

    def many(self, key: str) -> list[Any]:
        """Return what stands under a key: one thing, or several."""
        return as_list(self.told.get(key, []))

    def __str__(self) -> str:
        return f"step {self.number} ({self.action}: {str(self.does)[:70]})"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A file: who talks, with which settings, and the steps."""

    name: str
    settings: Mapping[str, str]
    person: Mapping[str, str]
    needs: tuple[str, ...]
    steps: tuple[Step, ...]


def as_list(told: Any) -> list[Any]:
    return list(told) if isinstance(told, list) else [told]


def check_keys(told: Any, known: set[str], where: str) -> Mapping[str, Any]:
    """Return a mapping whose keys are all known. Raises AssertionError."""
    assert isinstance(told, dict), f"{where}: {told!r} should have keys"
    unknown = sorted(map(str, told.keys() - known))
    assert not unknown, f"{where}: no such key: {', '.join(unknown)}"
    return told


def read_conversation(file: Path) -> Conversation:
    """Read a file; what it says that nobody knows is an error of its writer's."""
    # All is text: else `yes`, `off` and `+15` were something else.
    try:
        told = yaml.load(file.read_text(), yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise AssertionError(f"{file.name} is no YAML: {error}") from None
    told = check_keys(told, OF_A_TALK, file.name)
    assert told.get("why"), f"{file.name}: why is it here?"
    return Conversation(
        name=file.stem,
        settings=told.get("settings", {}),
        person=told.get("person", {}),
        needs=tuple(as_list(told.get("needs", []))),
        steps=tuple(_read_steps(file.name, told["talk"])),
    )


def _read_steps(name: str, steps: list[Any]) -> Iterator[Step]:
    for number, told in enumerate(steps, 1):
        where = f"{name}, step {number}"
        check_keys(told, OF_A_STEP, where)
        actions = [action for action in ACTIONS if action in told]
        assert len(actions) == 1, f"{where}: one of {', '.join(ACTIONS)}, please"
        yield Step(number, actions[0], told)
