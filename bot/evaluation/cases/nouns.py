"""A case: a situation, and what an answer to it must have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.evaluation.situations import Situation


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """A call of a tool that must be asked for; other arguments may be there, too."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What an answer must have, and must not; what is empty, or None, is not asked.

    `must` and `must_not` are words, or patterns between slashes. `numbers` are written
    as people write them, with their currency or unit. `sources` are titles that the
    answer must cite. `calls_none`: no tool may be called. `language` is a code such as
    `de`; `longest` counts characters, `messages` those of WhatsApp. `never_again`: what
    was said then must not be said again. `known`: whether knowledge must tell it.
    `hands_over`: whether it must be passed on to a person. `judge` is told a model.
    """

    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    calls: tuple[ExpectedCall, ...] = ()
    calls_none: bool = False
    language: str | None = None
    longest: int | None = None
    messages: int | None = None
    never_again: bool = False
    known: bool | None = None
    hands_over: bool | None = None
    judge: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked of an answer."""
        return self == NOTHING


NOTHING = Expectations()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A situation that is judged: kept in the database (`case_id`), or in a file.

    `name` is what a case in a file is called. `user_id` is whose conversation it is;
    None: nobody's, so that all of it may be told.
    """

    situation: Situation
    expects: Expectations
    question: str
    case_id: int | None = None
    name: str | None = None
    user_id: UUID | None = None
    why: str = ""

    @property
    def label(self) -> str:
        """What it is called, without a word of a person's."""
        return self.name if self.name is not None else f"case {self.case_id}"

    @property
    def said(self) -> str | None:
        """What was said then."""
        return self.situation.said
