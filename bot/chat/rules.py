"""What is decided without an LLM: which messages are next, and what needs none."""

from dataclasses import replace
from itertools import takewhile

from bot.chat import sentences
from bot.chat.commands.answers import call_person
from bot.chat.commands.entries import CommandEntry, Policies, Who
from bot.chat.commands.finding import NO_POLICIES, Said, find_said
from bot.chat.feedback.thumbs import is_nod, note_nod, with_judgement
from bot.chat.handoff.asking import pass_on_by_rule
from bot.chat.handoff.words import asks_for_person
from bot.chat.limits.brake import brake
from bot.chat.media.seeing import (
    heard_in,
    is_readable,
    is_unseen,
    unreadable_sentences,
    words_of,
)
from bot.chat.quotes.reactions import needs_no_answer
from bot.chat.replies import Batch, note, say
from db.records import Reply, Turn, Userchat

# What Twilio's own words on opt-out words record.
OPT_OUTS = {"STOP": True, "START": False}


def next_batch(chat: Userchat, policies: Policies = NO_POLICIES) -> Batch:
    """Return the messages to be answered next, together.

    A command is answered alone; everything else up to the next command at once, so
    that a burst gets one answer. What operators write may be for others: each alone.
    """
    unanswered = chat.unanswered()
    for number, turn in enumerate(unanswered):
        if _stands_alone(chat, turn, policies):
            return unanswered[: max(number, 1)]
    return unanswered


def _stands_alone(chat: Userchat, turn: Turn, policies: Policies) -> bool:
    if chat.is_operator or turn.opt_out_type is not None:
        return True
    is_kept = policies.know is not None
    is_command = find_said(chat, turn, policies) is not None
    return is_command or (is_kept and is_nod(chat, turn))


def reply_without_llm(
    chat: Userchat,
    batch: Batch,
    policies: Policies = NO_POLICIES,
    *,
    looks: bool = False,
) -> Reply | None:
    """Return the reply where none of the LLM's is due: commands, silence, media.

    `looks`: what was not seen yet will be looked at. What it says may change while the
    LLM works: it is asked again then.
    """
    said = find_said(chat, batch[0], policies)
    silence = _silence_about(chat, batch, policies, said)
    if silence is not None:
        return with_judgement(silence, chat, batch)
    if said is not None:
        return said.entry.does(chat, batch, said.text, policies)
    if passed_on := _pass_on(chat, batch, policies):
        return with_judgement(passed_on, chat, batch)
    if policies.know and (nod := note_nod(chat, batch)):
        return with_judgement(nod, chat, batch)
    will_look = looks and any(is_unseen(turn, chat.seen) for turn in batch)
    if will_look or any(is_readable(turn, chat.seen) for turn in batch):
        return None
    return Reply(turn=say(unreadable_sentences(chat, batch), batch))


def _pass_on(chat: Userchat, batch: Batch, policies: Policies) -> Reply | None:
    """Pass a batch on for what was written or said: a voice note may ask for a person.

    It is no other command: what was misheard must stop nobody.
    """
    said = tuple(_with_heard(turn, chat) for turn in batch)
    heard = (text for turn in batch for text in heard_in(turn, chat.seen))
    if any(map(asks_for_person, heard)):
        return call_person(chat, said, "", policies)
    return pass_on_by_rule(chat, said, policies.handoff)


def _with_heard(turn: Turn, chat: Userchat) -> Turn:
    if not turn.media:
        return turn
    return replace(turn, content=words_of(turn, chat.seen))


def leave_out(batch: Batch) -> Reply:
    """Settle the batch whose reply can't be stored; that is kept with the messages."""
    error = "internal error: the reply could not be stored"
    return replace(note(batch, sentences.NOT_ANSWERED_REFUSED), error=error)


def has_changed(chat: Userchat, since: Userchat) -> bool:
    """Tell whether another reply may be right in a chat than in what it was."""
    now, then = (
        (each.turns, each.owner_version, each.opted_out, each.user_is_active)
        for each in (chat, since)
    )
    return now != then


def silence_about(
    chat: Userchat, batch: Batch, policies: Policies = NO_POLICIES
) -> Reply | None:
    """Return the note that settles what gets no word of ours; None: we may talk."""
    said = find_said(chat, batch[0], policies)
    return _silence_about(chat, batch, policies, said)


def _silence_about(
    chat: Userchat, batch: Batch, policies: Policies, said: Said | None
) -> Reply | None:
    entry = said.entry if said else None
    if not chat.user_is_active:
        return note(batch, sentences.NOT_ANSWERED_INACTIVE)
    if batch[0].opt_out_type is not None:
        stops = OPT_OUTS.get(batch[0].opt_out_type.upper())
        return replace(note(batch, sentences.NOT_ANSWERED_TWILIO), opts_out=stops)
    if chat.owner != "bot" and not _may_command(chat, entry):
        return _silence_of_handoff(chat, batch, entry)
    return _silence_of_their_own(chat, batch, entry, policies)


def _may_command(chat: Userchat, entry: CommandEntry | None) -> bool:
    """Tell whether who waits for a person hears our reply to a command."""
    if entry is None or entry.who is Who.TEACHERS:
        return False
    is_heard = entry.heard_when_stopped or not chat.opted_out
    return chat.owner == "queue" and is_heard


def _silence_of_their_own(
    chat: Userchat, batch: Batch, entry: CommandEntry | None, policies: Policies
) -> Reply | None:
    """Settle what the user does not want answered, or what no person writes."""
    if chat.opted_out and not (entry and entry.heard_when_stopped):
        return note(batch, sentences.NOT_ANSWERED_STOPPED)
    stops = entry is not None and entry.opts_out
    if not stops and _is_stopped_since(chat, batch, policies):
        return note(batch, sentences.NOT_ANSWERED_STOPPED_SINCE)
    if all(needs_no_answer(chat, turn) for turn in batch):
        return note(batch, sentences.NOT_ANSWERED_REACTION)
    return None if entry and entry.is_unbraked else brake(chat, batch)


def _is_stopped_since(chat: Userchat, batch: Batch, policies: Policies) -> bool:
    """Tell whether a STOP waits behind the batch: it takes effect at once."""
    later = chat.unanswered()[len(batch) :]
    return any(_stops(chat, turn, policies) for turn in later)


def _stops(chat: Userchat, turn: Turn, policies: Policies) -> bool:
    if turn.opt_out_type is not None:
        return OPT_OUTS.get(turn.opt_out_type.upper(), False)
    said = find_said(chat, turn, policies)
    return said is not None and said.entry.opts_out is True


def _silence_of_handoff(
    chat: Userchat, batch: Batch, entry: CommandEntry | None
) -> Reply:
    """Settle what is for the person who has the chat; STOP and START hold all the same.

    Why is told once, after the last word of the bot's.
    """
    of_late = takewhile(lambda turn: not turn.is_by_bot, reversed(chat.turns))
    is_told = any(turn.content == sentences.NOT_ANSWERED_HANDOFF for turn in of_late)
    opts_out = entry.opts_out if entry else None
    silence = note(batch, "" if is_told else sentences.NOT_ANSWERED_HANDOFF)
    return replace(silence, opts_out=opts_out, calls_operators=True)
