"""What is decided without an LLM: which messages are next, and what needs none."""

from dataclasses import replace
from itertools import takewhile

from bot.chat import sentences
from bot.chat.beside import is_readable
from bot.chat.commands import Command, find_command, read_title
from bot.chat.handoff.asking import pass_on_by_rule
from bot.chat.handoff.commands import opts_out_by, reply_to_command
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.learning.lesson import find_obstacle
from bot.chat.limits.brake import brake
from bot.chat.replies import Batch, note, say, unreadable_sentences
from db.records import Reply, Turn, Userchat

# What Twilio's own words on opt-out words record.
OPT_OUTS = {"STOP": True, "START": False}

# What no brake may hold up: teachers send many documents at once, and machines none.
UNBRAKED = (Command.STOP, Command.START, Command.LEARN)


def next_batch(chat: Userchat) -> Batch:
    """Return the messages to be answered next, together.

    A command is answered alone; everything else up to the next command at once, so
    that a burst gets one answer. What operators write may be for others: each alone.
    """
    unanswered = chat.unanswered()
    if unanswered and _stands_alone(chat, unanswered[0]):
        return unanswered[:1]
    return tuple(takewhile(lambda turn: not _stands_alone(chat, turn), unanswered))


def _stands_alone(chat: Userchat, turn: Turn) -> bool:
    if chat.is_operator or turn.opt_out_type is not None:
        return True
    return _command_of(chat, turn) is not None


def _command_of(chat: Userchat, turn: Turn) -> Command | None:
    if chat.is_teacher and read_title(turn.content) is not None:
        return Command.LEARN
    return find_command(turn.content, opted_out=chat.opted_out)


def reply_without_llm(
    chat: Userchat, batch: Batch, handoff: HandoffPolicy | None = None
) -> Reply | None:
    """Return the reply where none of the LLM's is due: commands, silence, media.

    Without `handoff` there is nobody to pass a user on to. What it says may change
    while the LLM works: it is asked again then.
    """
    command = _command_of(chat, batch[0])
    silence = silence_about(chat, batch)
    if silence is not None:
        return silence
    if command is Command.LEARN:  # what it brings is fetched by whoever answers
        obstacle = find_obstacle(batch[0])
        return Reply(turn=say(obstacle, batch, command=command)) if obstacle else None
    if command is not None:
        return reply_to_command(command, chat, batch, handoff)
    if passed_on := pass_on_by_rule(chat, batch, handoff):
        return passed_on
    if not any(is_readable(turn) for turn in batch):
        return Reply(turn=say(unreadable_sentences(batch), batch))
    return None


def silence_about(chat: Userchat, batch: Batch) -> Reply | None:
    """Return the note that settles what gets no word of ours; None: we may talk."""
    command = _command_of(chat, batch[0])
    if not chat.user_is_active:
        return note(batch, sentences.NOT_ANSWERED_INACTIVE)
    if batch[0].opt_out_type is not None:
        stops = OPT_OUTS.get(batch[0].opt_out_type.upper())
        return replace(note(batch, sentences.NOT_ANSWERED_TWILIO), opts_out=stops)
    if chat.owner != "bot" and not _may_command(chat, command):
        return _silence_of_handoff(chat, batch, command)
    return _silence_of_their_own(chat, batch, command)


def _may_command(chat: Userchat, command: Command | None) -> bool:
    """Tell whether who waits for a person hears our reply to a command."""
    is_heard = command is Command.START or not chat.opted_out
    is_command = command not in {None, Command.LEARN}
    return chat.owner == "queue" and is_command and is_heard


def _silence_of_their_own(
    chat: Userchat, batch: Batch, command: Command | None
) -> Reply | None:
    """Settle what the user does not want answered, or what no person writes."""
    if chat.opted_out and command is not Command.START:
        return note(batch, sentences.NOT_ANSWERED_STOPPED)
    if command is not Command.STOP and _is_stopped_since(chat, batch):
        return note(batch, sentences.NOT_ANSWERED_STOPPED_SINCE)
    return None if command in UNBRAKED else brake(chat, batch)


def _is_stopped_since(chat: Userchat, batch: Batch) -> bool:
    """Tell whether a STOP waits behind the batch: it takes effect at once."""
    return any(_stops(chat, turn) for turn in chat.unanswered()[len(batch) :])


def _stops(chat: Userchat, turn: Turn) -> bool:
    if turn.opt_out_type is not None:
        return OPT_OUTS.get(turn.opt_out_type.upper(), False)
    return _command_of(chat, turn) is Command.STOP


def _silence_of_handoff(chat: Userchat, batch: Batch, command: Command | None) -> Reply:
    """Settle what is for the person who has the chat; STOP and START hold all the same.

    Why is told once, after the last word of the bot's.
    """
    of_late = takewhile(lambda turn: not turn.is_by_bot, reversed(chat.turns))
    is_told = any(turn.content == sentences.NOT_ANSWERED_HANDOFF for turn in of_late)
    opts_out = opts_out_by(command) if command else None
    silence = note(batch, "" if is_told else sentences.NOT_ANSWERED_HANDOFF)
    return replace(silence, opts_out=opts_out, calls_operators=True)
