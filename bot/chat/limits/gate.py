"""Who is let through to an answer at all, and what is said while answers pause."""

from bot.chat.commands.entries import Policies
from bot.chat.commands.finding import find_said
from bot.chat.limits.allowance import PAUSED, Allowance, Counts
from bot.chat.replies import Batch, as_notice
from bot.chat.rules import reply_without_llm, silence_about
from db.records import Reply, Userchat


def close_door(
    chat: Userchat,
    batch: Batch,
    policies: Policies,
    allowance: Allowance,
    counts: Counts,
) -> Reply | None:
    """Return what settles the batch of who may not talk; STOP and START hold."""
    if not (allowance.allowed or allowance.blocked):
        return None  # everybody may
    said = find_said(chat, batch[0], policies)
    if said and said.entry.opts_out is not None:
        return None
    stranger = allowance.reply_to_stranger(chat, batch, counts)
    return stranger and (silence_about(chat, batch, policies) or stranger)


def reply_in_pause(
    chat: Userchat,
    batch: Batch,
    policies: Policies,
    allowance: Allowance,
    counts: Counts,
) -> Reply | None:
    """Return what is said while answers pause: to a command, its reply.

    All else waits, of which its user gets a notice once a day; None: they had it.
    """
    if silence := silence_about(chat, batch, policies):
        return silence
    if find_said(chat, batch[0], policies) is not None:
        reply = reply_without_llm(chat, batch, policies)
        if reply is not None:
            return reply
    told = allowance.tell_once(PAUSED, chat, batch, counts)
    return as_notice(told) if told.turn.role == "assistant" else None
