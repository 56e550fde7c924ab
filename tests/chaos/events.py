"""What happened in a run, with the time of the machine's clock, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """A user's phone began to send the message that carries `token`."""

    user: str
    token: str
    at: float


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The webhook of `token` was answered with 200: from here on the promise holds."""

    token: str
    at: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The webhook of `token` ended with another status; None is no answer at all."""

    token: str
    at: float
    status: int | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of the bot's, `text`, was delivered to a user's phone."""

    user: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Killed:
    """A process was killed, and started again later."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A process of a web's ended that nobody had struck."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Back:
    """A process that was struck runs again; PostgreSQL accepts connections."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """An operator took a user's chats, and gave them back.

    `at` is when the database had them taken, `returned` when the call came back: from
    then until `given`, when they began to be given back, the bot says nothing.
    """

    user: str
    at: float
    returned: float
    given: float


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What an operator said to a user, with `token` in it, was stored."""

    user: str
    token: str
    at: float


@dataclass(frozen=True, slots=True)
class Silenced:
    """A message got no answer: a note or a person settled it, or the answer was cut."""

    token: str
    at: float


@dataclass(frozen=True, slots=True)
class CutOff:
    """So many parts of the bot's were not sent, since a person took the chat over."""

    parts: int
    at: float


Event = (
    Sent | Acknowledged | Refused | Answered | Killed | Ended | Back
    | Taken | PersonSaid | Silenced | CutOff
)  # fmt: skip
