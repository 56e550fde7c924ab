"""Whose turn it is and what we say: decisions without waiting, storing or sending."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from uuid import uuid4

from bot.chat import sentences
from bot.chat.commands import Command, find_command
from bot.chat.prompt import build_prompt, media_kind
from bot.llm.protocol import Completion, PromptMessage
from db.records import Reply, Turn, Userchat, find_unanswered, to_storable

Batch = tuple[Turn, ...]

COMMAND_REPLIES: dict[Command, tuple[str, bool | None]] = {
    Command.NEW: (sentences.NEW_CHAT, None),
    Command.HELP: (sentences.HELP, None),
    Command.STOP: (sentences.STOPPED, True),
    Command.START: (sentences.STARTED, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator decided about answers."""

    system_prompt: str
    most_turns: int = 20
    token_budget: int = 4000
    quiet_seconds: float = 0.8
    notice_seconds: float = 120
    max_age: timedelta = timedelta(minutes=60)
    llm_seconds: float = 60


def next_batch(chat: Userchat) -> Batch:
    """Return the messages to be answered next, together.

    A command is answered alone; everything else up to the next command at once, so
    that a burst gets one answer.
    """
    unanswered = chat.unanswered()
    if unanswered and _stands_alone(chat, unanswered[0]):
        return unanswered[:1]
    return tuple(takewhile(lambda turn: not _stands_alone(chat, turn), unanswered))


def _stands_alone(chat: Userchat, turn: Turn) -> bool:
    return turn.opt_out_type is not None or _command_of(chat, turn) is not None


def _command_of(chat: Userchat, turn: Turn) -> Command | None:
    return find_command(turn.content, opted_out=chat.opted_out)


def reply_without_llm(chat: Userchat, batch: Batch) -> Reply | None:
    """Return the reply where none of the LLM's is due: commands, silence, media."""
    command = _command_of(chat, batch[0])
    if not chat.user_is_active:
        return _silence(batch, sentences.NOT_ANSWERED_INACTIVE)
    if batch[0].opt_out_type is not None:
        stops = {"STOP": True, "START": False}.get(batch[0].opt_out_type.upper())
        return replace(_silence(batch, sentences.NOT_ANSWERED_TWILIO), opts_out=stops)
    if chat.opted_out and command is not Command.START:
        return _silence(batch, sentences.NOT_ANSWERED_STOPPED)
    if command is not None:
        text, opts_out = COMMAND_REPLIES[command]
        return Reply(turn=_say(text, batch, command=command), opts_out=opts_out)
    if not any(turn.content.strip() for turn in batch):
        return Reply(turn=_say(unreadable_sentences(batch), batch))
    return None


def after(chat: Userchat, reply: Reply) -> Userchat:
    """Return the chat as it is once the reply is stored."""
    stopped = chat.opted_out if reply.opts_out is None else reply.opts_out
    return replace(chat, turns=(*chat.turns, reply.turn), opted_out=stopped)


def unreadable_sentences(batch: Batch) -> str:
    """Return one sentence for each kind of thing in the batch that can't be read."""
    kinds = [media_kind(media) for turn in batch for media in turn.media]
    if not kinds and not any(turn.content.strip() for turn in batch):
        kinds = ["unknown"]
    return "\n".join(sentences.UNREADABLE[kind] for kind in dict.fromkeys(kinds))


def prompt_for(chat: Userchat, batch: Batch, policy: Policy) -> list[PromptMessage]:
    """Return the prompt for a batch: what was said, nothing that comes after it."""
    answered_now = {turn.message_sid for turn in batch}
    open_ones = (*find_unanswered(chat.earlier_turns), *chat.unanswered())
    later = {turn.message_sid for turn in open_ones} - answered_now
    said = (*chat.earlier_turns, *chat.turns)
    turns = [turn for turn in said if turn.message_sid not in later]
    # A long burst is read whole: the answer settles all of it.
    most_turns = max(policy.most_turns, len(batch))
    return build_prompt(policy.system_prompt, turns, most_turns, policy.token_budget)


def reply_with(completion: Completion, batch: Batch) -> Reply:
    """Return the LLM's answer to a batch, and what could not be read beside it."""
    text = "\n\n".join(filter(None, (completion.text, unreadable_sentences(batch))))
    return Reply(
        turn=replace(
            _say(text, batch),
            model=to_storable(completion.model),
            tokens_used=completion.tokens.total,
            response_time=round(completion.response_time, 3),
        )
    )


def give_up(batch: Batch, reason: str) -> Reply:
    """Return the apology; the reason is kept on it and on the messages."""
    error = to_storable(reason)
    turn = replace(_say(sentences.GIVEN_UP, batch), error=error)
    return Reply(turn=turn, error=error)


def is_too_old(batch: Batch, policy: Policy) -> bool:
    """Tell whether the batch waited so long that its answer would only confuse."""
    return age_of(batch) > policy.max_age


def needs_notice(chat: Userchat, batch: Batch, policy: Policy) -> bool:
    """Tell whether the user waited long and was not told yet."""
    told = {sid for turn in chat.turns for sid in turn.notice_for}
    waited = age_of(batch).total_seconds() > policy.notice_seconds
    return waited and not told & {turn.message_sid for turn in batch}


def notice(batch: Batch) -> Reply:
    """Return the word that the answer will come later; it settles nothing."""
    turn = _say(sentences.ANSWER_COMES_LATER, batch)
    return Reply(turn=replace(turn, in_reply_to=(), notice_for=turn.in_reply_to))


def age_of(batch: Batch) -> timedelta:
    """Return how long the oldest message of the batch has been waiting."""
    return datetime.now(UTC) - batch[0].timestamp


def _say(text: str, batch: Batch, command: Command | None = None) -> Turn:
    return Turn(
        role="assistant",
        content=to_storable(text),
        timestamp=datetime.now(UTC),
        reference_id=str(uuid4()),
        in_reply_to=tuple(turn.message_sid for turn in batch if turn.message_sid),
        command=command,
    )


def _silence(batch: Batch, why: str) -> Reply:
    return Reply(turn=replace(_say(why, batch), role="system", reference_id=None))
