"""What the first commands do, also for who waits for a person of ours."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.chat import sentences
from bot.chat.commands.entries import Command, Policies
from bot.chat.handoff.passing import pass_on, tell
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.learning.lesson import find_obstacle
from bot.chat.replies import Batch, say
from bot.languages.speaking import speak
from db.records import Reply, Userchat


def start_afresh(chat: Userchat, batch: Batch, _text: str, policies: Policies) -> Reply:
    """Greet in the chat that ingest opened: see record_inbound."""
    said = tell_waiting(chat, policies) or speak(chat.language, sentences.NEW_CHAT)
    return Reply(turn=say(said, batch, Command.NEW))


def stop(chat: Userchat, batch: Batch, _text: str, _policies: Policies) -> Reply:
    """Give no more answers."""
    said = speak(chat.language, sentences.STOPPED)
    return Reply(turn=say(said, batch, Command.STOP), opts_out=True)


def start(chat: Userchat, batch: Batch, _text: str, policies: Policies) -> Reply:
    """Give answers again."""
    waiting = tell_waiting(chat, policies)
    welcome = sentences.WELCOME_TO_QUEUE if waiting else sentences.STARTED
    said = " ".join(filter(None, (speak(chat.language, welcome), waiting)))
    return Reply(turn=say(said, batch, Command.START), opts_out=False)


def call_person(chat: Userchat, batch: Batch, _text: str, policies: Policies) -> Reply:
    """Pass the user on to a person; tell of who asks again once more."""
    if policies.handoff and chat.owner == "bot":
        return pass_on(chat, batch, policies.handoff, "asked")
    said = tell_waiting(chat, policies) or speak(chat.language, sentences.NOBODY_THERE)
    reply = Reply(turn=say(said, batch, Command.HUMAN))
    return replace(reply, calls_operators=waits(chat))


def back_to_bot(chat: Userchat, batch: Batch, _text: str, _policies: Policies) -> Reply:
    """Take the user out of the queue."""
    said = speak(chat.language, sentences.WITH_BOT)
    reply = Reply(turn=say(said, batch, Command.BOT))
    return replace(reply, gives_back=waits(chat))


def learn(
    chat: Userchat, batch: Batch, _text: str, _policies: Policies
) -> Reply | None:
    """Say what is wrong with a lesson; None: whoever answers fetches and reads it."""
    obstacle = find_obstacle(batch[0])
    if obstacle is None:
        return None
    return Reply(turn=say(speak(chat.language, obstacle), batch, Command.LEARN))


def waits(chat: Userchat) -> bool:
    """Tell whether the user waits for a person of ours."""
    return chat.owner == "queue"


def tell_waiting(chat: Userchat, policies: Policies) -> str:
    """Return what a user who waits is told of when somebody comes; else nothing."""
    if not waits(chat):
        return ""
    policy = policies.handoff or HandoffPolicy()
    return tell(policy, datetime.now(UTC), chat.language, waits=True)
