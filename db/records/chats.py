"""What was said: turns, the messages they come from, and chats."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args
from uuid import UUID

from db.records.media import SeenMedia
from db.records.memory import Fact, Recalled
from db.records.support import Owner

if TYPE_CHECKING:
    from db.records.replies import Reply


Role = Literal["user", "assistant", "system"]
ROLES = get_args(Role)
Media = Mapping[str, object]
EPOCH = datetime.fromtimestamp(0, UTC)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Fields of a turn that aren't text, and what their elements are.
NUMBERS = ("tokens_used", "response_time")
LISTS = {
    "media": dict, "in_reply_to": str, "notice_for": str, "stretches": str,
    "choices": str, "files": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One side speaking once: an element of `userchats.messages`.

    `in_reply_to` holds the MessageSids that this turn settles, `notice_for` those
    that it merely says something about ("the answer will come later"); `command`
    names the command it replies to. `beside` are fields that Twilio told with the text,
    by Twilio's names. `opt_out_type` is Twilio's own word on a message that it answered
    itself. `response_time` is in seconds. `author` is the user_id of the operator who
    said it, or A_PERSON; None: no person did. `hands_over` is why it put the chat into
    the queue for a person, in a word; None: it did not. `asks` names the question that
    it asks, which the next message may answer in a word; `choices` are what it offers
    to tap, or to choose by a number; `limit` is the setting for which there was no
    answer. `covers_until` makes it a summary: of all that was said up to
    the message with that MessageSid; `stretches` are where each of its paragraphs ends,
    the same way. `lead` is what the user told of how to reach them: name, email,
    company. `files` are the names of files of the business that went with it.
    """

    role: Role
    content: str
    timestamp: datetime
    message_sid: str | None = None
    media: tuple[Media, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    reference_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    notice_for: tuple[str, ...] = ()
    command: str | None = None
    opt_out_type: str | None = None
    model: str | None = None
    tokens_used: int | None = None
    response_time: float | None = None
    error: str | None = None
    author: str | None = None
    hands_over: str | None = None
    asks: str | None = None
    choices: tuple[str, ...] = ()
    limit: str | None = None
    covers_until: str | None = None
    stretches: tuple[str, ...] = ()
    lead: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def is_by_bot(self) -> bool:
        """Whether the bot said it: what a person adds by hand names no reply."""
        return (
            self.role == "assistant"
            and self.reference_id is not None
            and self.author is None
        )

    @property
    def is_by_person(self) -> bool:
        """Whether a person of ours said it, in the console or by hand."""
        names_nothing = not (self.reference_id or self.in_reply_to or self.notice_for)
        by_hand = self.role == "assistant" and names_nothing
        return self.author is not None or by_hand

    @property
    def is_summary(self) -> bool:
        """Whether it sums up what was said before."""
        return self.role == "system" and self.covers_until is not None

    @property
    def quotes(self) -> str | None:
        """The MessageSid of the message that this one replies to, if Twilio told it."""
        return self.beside.get("OriginalRepliedMessageSid")

    def to_json(self) -> dict[str, Any]:
        """Return the array's element: what is known, and nothing that is empty."""
        known = ((name, getattr(self, name)) for name in FIELDS)
        element = {k: v for k, v in known if v is not None and v not in ((), {})}
        element["timestamp"] = self.timestamp.isoformat(timespec="milliseconds")
        return {name: _to_json(value) for name, value in element.items()}

    @classmethod
    def from_json(cls, element: Mapping[str, Any]) -> "Turn":
        """Read an element, also one that a person edited by hand in psql.

        What has the wrong type is left out.
        """
        known: dict[str, Any] = {"role": "user", "content": ""}
        for name, value in element.items():
            if name in LISTS:
                known[name] = _read_list(value, LISTS[name])
            elif name in FIELDS and _is_readable(name, value):
                known[name] = value
        return cls(**{**known, "timestamp": _read_timestamp(element.get("timestamp"))})


# Asked for once: each message of a chat is read whenever the chat is.
FIELDS = {field.name: None for field in fields(Turn)}


def to_storable(text: str) -> str:
    """Return the text without what PostgreSQL refuses: NUL and lone surrogates."""
    return UNSTORABLE.sub("\ufffd", text)


def _to_json(value: object) -> object:
    if isinstance(value, str):
        return to_storable(value)
    if isinstance(value, Mapping):
        return {to_storable(str(k)): _to_json(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _is_readable(name: str, value: object) -> bool:
    if name == "role":
        return value in ROLES
    if name in NUMBERS:
        return isinstance(value, int | float)
    if name in {"beside", "lead"}:
        return isinstance(value, dict) and all(
            isinstance(v, str) for v in value.values()
        )
    return isinstance(value, str)


def _read_list(value: object, type_: type) -> tuple[Any, ...]:
    elements = value if isinstance(value, list) else [value]
    return tuple(element for element in elements if isinstance(element, type_))


def _read_timestamp(text: object) -> datetime:
    try:
        stamp = datetime.fromisoformat(str(text))
    except ValueError:
        return EPOCH
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message from a user, as one webhook told it.

    `address` is Twilio's `From` verbatim; `other_address` is the same person's id
    beside a visible phone number (`ExternalUserId`); `our_address` is the number of
    ours that it was sent to. `opens_chat`: it starts a new chat, whatever chat is
    active.
    """

    message_sid: str
    address: str
    turn: Turn
    other_address: str | None = None
    our_address: str | None = None
    profile_name: str | None = None
    opens_chat: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an inbound message; `chat_id` is None if it was seen before."""

    chat_id: str | None

    @property
    def is_new(self) -> bool:
        """Whether this message was taken in for the first time."""
        return self.chat_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Userchat:
    """One conversation as the talk needs it: its turns and what its user wants.

    `earlier_turns` are those of the full chat that this one continues. `quoted` are
    those that turns name from elsewhere, by MessageSid. `owner`: the
    bot answers, it waits for a person, or a human has it; `owner_version` counts how
    often that changed. `is_operator`: its user is one of those who step in.
    `name` is the one that they told us, or chose in WhatsApp: untrusted.
    `is_teacher`: what its user sends with `/learn` becomes everybody's document.
    `language` is a code such as `pt`: what the user chose, or last wrote in; None: not
    known. `language_seen` is what they last wrote in, as it is kept. `preferences` are
    what they set with /settings. `facts` is what they told of
    themselves, newest first. `has_documents`: the business, or somebody, has one that
    may be asked. `seen` is what turns brought beside their text, by
    MessageSid and position, as far as it was looked at. `answers_of_hour` are those
    of the bot to its user within the last hour, in whichever chat, words on limits
    among them; None: many, or not counted.
    """

    chat_id: str
    user_id: UUID
    address: str
    turns: tuple[Turn, ...]
    name: str | None = None
    earlier_turns: tuple[Turn, ...] = ()
    quoted: Mapping[str, Turn] = field(default_factory=dict)
    is_active: bool = True
    user_is_active: bool = True
    opted_out: bool = False
    owner: Owner = "bot"
    owner_version: int = 0
    is_operator: bool = False
    is_teacher: bool = False
    language: str | None = None
    language_seen: str | None = None
    preferences: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    has_documents: bool = True
    seen: Mapping[tuple[str, int], SeenMedia] = field(default_factory=dict)
    earlier_summary: Turn | None = None
    carried: tuple[Recalled, ...] = ()
    answers_of_hour: int | None = None

    @property
    def heard_at(self) -> datetime | None:
        """When the user last wrote in it; None: they did not."""
        theirs = (turn for turn in reversed(self.turns) if turn.role == "user")
        return next((turn.timestamp for turn in theirs), None)

    def unanswered(self) -> tuple[Turn, ...]:
        """Return the user's messages that no turn names as settled, oldest first."""
        return find_unanswered(self.turns)

    def with_reply(self, reply: "Reply") -> "Userchat":
        """Return the chat as it is once the reply is stored."""
        stopped = self.opted_out if reply.opts_out is None else reply.opts_out
        owner: Owner = "queue" if reply.hands_over else self.owner
        gone = {fact for deed in reply.deeds for fact in deed.forgotten_facts}
        answers = self.answers_of_hour
        return replace(
            self,
            answers_of_hour=None if answers is None else answers + 1,
            facts=tuple(fact for fact in self.facts if fact.fact_id not in gone),
            turns=(*self.turns, reply.turn),
            opted_out=stopped,
            owner="bot" if reply.gives_back else owner,
        )


def read_turns(messages: object) -> tuple[Turn, ...]:
    """Return the turns of an array as it is stored; what is no object is left out."""
    found = messages if isinstance(messages, list) else []
    return tuple(Turn.from_json(m) for m in found if isinstance(m, dict))


def find_summary(turns: Iterable[Turn]) -> Turn | None:
    """Return the newest summary among turns."""
    return next((turn for turn in reversed([*turns]) if turn.is_summary), None)


def find_unanswered(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the user's messages among turns that none of them settles."""
    settled = {sid for turn in turns for sid in turn.in_reply_to}
    return tuple(
        turn
        for turn in turns
        if turn.role == "user"
        and turn.message_sid is not None
        and turn.message_sid not in settled
    )
