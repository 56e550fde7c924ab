"""Replies that pass the user on to a person, and what the user is told with them."""

from dataclasses import replace
from datetime import datetime

from bot.chat import sentences
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Batch, apology, note, say
from bot.languages.speaking import speak
from db.records import HandOver, Reply, Userchat, to_storable

LONGEST_SUBJECT = 120


def pass_on(chat: Userchat, batch: Batch, policy: HandoffPolicy, reason: str) -> Reply:
    """Return the reply that says nothing but that a person will answer."""
    asks = reason == "asked"
    reply = Reply(turn=say("", batch, "human" if asks else None))
    about = subject_of(chat, batch, asks=asks)
    return passing_on(reply, about, policy, reason, chat.language)


def passing_on(
    reply: Reply,
    about: str,
    policy: HandoffPolicy,
    reason: str,
    language: str | None = None,
) -> Reply:
    """Return a reply that passes the user on besides, and tells so as its last word."""
    told = tell(policy, policy.moment, language)
    text = "\n\n".join(filter(None, (reply.turn.content, told)))
    return replace(
        reply,
        turn=replace(reply.turn, content=text, hands_over=reason),
        hands_over=HandOver(reason=reason, subject=about, lasts=policy.lasts),
    )


def tell(
    policy: HandoffPolicy,
    at: datetime,
    language: str | None = None,
    *,
    waits: bool = False,
) -> str:
    """Return when a person answers, by opening hours; `waits`: said to the queue."""
    if policy.hours.is_open(at):
        words = sentences.IN_QUEUE if waits else sentences.PASSED_ON
        return speak(language, words)
    words = sentences.IN_QUEUE_CLOSED if waits else sentences.PASSED_ON_CLOSED
    return speak(language, words, when=policy.hours.tell_next(at, language))


def last_word(
    chat: Userchat, batch: Batch, reason: str, policy: HandoffPolicy | None
) -> Reply:
    """Return what settles a batch that gets no answer: an apology, or a person.

    Why is kept with the messages. A person is called once, until one said something:
    an LLM that is away for long would only call again.
    """
    error = to_storable(reason)
    if chat.owner != "bot":
        return replace(note(batch, sentences.NOT_ANSWERED_HANDOFF), error=error)
    sorry = apology(batch, reason, chat.language)
    if policy is None or not policy.after_errors or _was_passed_on_for_error(chat):
        return sorry
    silent = replace(sorry, turn=replace(sorry.turn, content=""))
    about = subject_of(chat, batch)
    return passing_on(silent, about, policy, "error", chat.language)


def subject_of(chat: Userchat, batch: Batch, *, asks: bool = False) -> str:
    """Return what it is about, in a line: the user's last words that are no command.

    That a message was one, the reply to it tells; a batch that `asks` is one itself.
    """
    commands = {sid for turn in chat.turns if turn.command for sid in turn.in_reply_to}
    waiting = {turn.message_sid for turn in batch}
    before = [turn for turn in chat.turns if turn.message_sid not in waiting]
    asked = () if asks else batch
    theirs = [turn for turn in (*before, *asked) if turn.role == "user"]
    said = (
        turn.content
        for turn in reversed(theirs)
        if turn.message_sid not in commands and _is_about_something(turn.content)
    )
    return one_line(next(said, ""))


def _is_about_something(text: str) -> bool:
    return any(map(str.isalnum, text)) and not text.lstrip().startswith("/")


def one_line(text: str) -> str:
    """Return a text as a ticket's subject."""
    line = " ".join(text.split())
    short = f"{line[:LONGEST_SUBJECT]}\u2026" if len(line) > LONGEST_SUBJECT else line
    return to_storable(short)


def _was_passed_on_for_error(chat: Userchat) -> bool:
    for turn in reversed((*chat.earlier_turns, *chat.turns)):
        if turn.is_by_person:
            return False
        if turn.hands_over == "error":
            return True
    return False
