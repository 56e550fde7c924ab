"""The table of commands: all that anybody can tell the bot to do.

WhatsApp senders have no keyword filter of Twilio's, so the bot honours STOP, START
and HELP itself: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out

How to add a command: docs/contributing.md, "Add a word for the bot".
"""

from bot.chat.commands import answers, sentences, words
from bot.chat.commands.answers import tell_waiting, waits
from bot.chat.commands.entries import (
    Command,
    CommandEntry,
    Policies,
    Question,
    Who,
)
from bot.chat.facts import commands as facts
from bot.chat.feedback import commands as feedback
from bot.chat.handoff.words import asks_for_person
from bot.chat.language import command as language
from bot.chat.language.sentences import HELP as ABOUT_LANGUAGE
from bot.chat.lead import commands as lead
from bot.chat.preferences import settings
from bot.chat.reminders import commands as reminders
from bot.chat.replies import Batch, say
from bot.languages.speaking import speak
from db.records import Reply, Userchat


def tell_help(chat: Userchat, batch: Batch, _text: str, policies: Policies) -> Reply:
    """Say what this user may tell the bot to do."""
    lines = [speak(chat.language, sentences.HELP_BEGINS)]
    for entry in COMMANDS:
        is_told = entry.help and entry.is_for(chat, policies)
        if is_told and entry.offered(chat, policies):
            what = speak(chat.language, entry.help)
            word = entry.shown or f"/{entry.name}"
            told = speak(chat.language, sentences.HELP_LINE, word=word, what=what)
            lines.append(told)
    lines.append(speak(chat.language, sentences.HELP_ENDS))
    lines.append(tell_waiting(chat, policies))
    return Reply(turn=say("\n".join(filter(None, lines)), batch, Command.HELP))


def _has_people(chat: Userchat, policies: Policies) -> bool:
    return policies.handoff is not None and not waits(chat)


COMMANDS: tuple[CommandEntry, ...] = (
    CommandEntry(
        name=Command.NEW,
        words=words.NEW,
        help=sentences.NEW,
        does=answers.start_afresh,
    ),
    CommandEntry(
        name=Command.STOP,
        words=words.STOP,
        needs_slash=False,
        help=sentences.STOP,
        shown="STOP",
        does=answers.stop,
        opts_out=True,
        is_unbraked=True,
    ),
    CommandEntry(
        name=Command.START,
        words=words.START,
        words_when_stopped=words.START_AGAIN,
        needs_slash=False,
        help=sentences.START,
        shown="START",
        does=answers.start,
        opts_out=False,
        heard_when_stopped=True,
        is_unbraked=True,
    ),
    CommandEntry(
        name=Command.HUMAN,
        words=words.HUMAN,
        means_it=asks_for_person,
        help=sentences.HUMAN,
        offered=_has_people,
        does=answers.call_person,
    ),
    CommandEntry(
        name=settings.COMMAND,
        words=words.SETTINGS,
        takes_text=True,
        help=sentences.SETTINGS,
        does=settings.answer_settings,
        needs_database=True,
    ),
    *lead.ENTRIES,
    *facts.ENTRIES,
    *feedback.ENTRIES,
    *reminders.ENTRIES,
    CommandEntry(
        name=language.COMMAND,
        words=language.WORDS,
        takes_text=True,
        help=ABOUT_LANGUAGE,
        does=language.answer_language,
        needs_database=True,
    ),
    CommandEntry(name=Command.BOT, does=answers.back_to_bot),
    CommandEntry(
        name=Command.LEARN,
        who=Who.TEACHERS,
        takes_text=True,
        help=sentences.LEARN,
        does=answers.learn,
        is_unbraked=True,
    ),
    CommandEntry(
        name=Command.HELP,
        slash_words=words.HELP,
        needs_slash=False,
        help=sentences.HELP,
        does=tell_help,
    ),
)
# What the bot asks that a word answers: see Question.
QUESTIONS: tuple[Question, ...] = (*settings.QUESTIONS, *facts.QUESTIONS)
