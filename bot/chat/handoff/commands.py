"""What commands are answered with, also to who waits for a person."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.chat import sentences
from bot.chat.commands import Command
from bot.chat.handoff.passing import pass_on, tell
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Batch, say
from db.records import Reply, Userchat


def reply_to_command(
    command: Command, chat: Userchat, batch: Batch, policy: HandoffPolicy | None
) -> Reply:
    """Return the reply to a command of a user whom no person of ours has."""
    if command is Command.HUMAN and policy and chat.owner == "bot":
        return pass_on(chat, batch, policy, "asked")
    text = _words_to_who_waits(command, policy) if chat.owner == "queue" else None
    reply = Reply(turn=say(text or _words(command, policy), batch, command=command))
    return replace(
        reply,
        opts_out=opts_out_by(command),
        gives_back=command is Command.BOT and chat.owner == "queue",
        # Who asks again is told of once more.
        calls_operators=command is Command.HUMAN and chat.owner == "queue",
    )


def opts_out_by(command: Command) -> bool | None:
    """Return whether a command stops the bot, or starts it; None: neither."""
    return {Command.STOP: True, Command.START: False}.get(command)


def _words(command: Command, policy: HandoffPolicy | None) -> str:
    human = f"\n{sentences.HELP_HUMAN}" if policy else ""
    return {
        Command.NEW: sentences.NEW_CHAT,
        Command.HELP: f"{sentences.HELP}{human}",
        Command.STOP: sentences.STOPPED,
        Command.START: sentences.STARTED,
        Command.HUMAN: sentences.NOBODY_THERE,
        Command.BOT: sentences.WITH_BOT,
    }[command]


def _words_to_who_waits(command: Command, policy: HandoffPolicy | None) -> str | None:
    """Return what is said otherwise to a user in the queue; None: nothing."""
    waits = tell(policy or HandoffPolicy(), datetime.now(UTC), waits=True)
    return {
        Command.NEW: waits,
        Command.HUMAN: waits,
        Command.START: f"{sentences.WELCOME_TO_QUEUE} {waits}",
        Command.HELP: f"{sentences.HELP}\n{waits}",
    }.get(command)
