"""/reminders: lists what a user is to be reminded of, and cancels one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.chat.commands.entries import CommandEntry, Policies
from bot.chat.commands.meant import find_meant
from bot.chat.handoff.hours import tell_opening
from bot.chat.reminders import sentences, words
from bot.chat.replies import Batch, say
from bot.chat.sources.plain import plain_line
from bot.languages.speaking import isolated, speak
from db.records import Deed, Reply, Scheduled, Userchat

COMMAND = "reminders"
MOST_DIGITS = 9


def answer_reminders(
    chat: Userchat, batch: Batch, text: str, policies: Policies
) -> Reply:
    """List them, or cancel the one that is named by its number."""
    known = policies.know(chat.user_id).reminders if policies.know else ()
    number = _read_cancel(text, chat.language)
    if number is None:
        return _told(batch, _list(chat, known, policies))
    found = next((one for one in known if one.number == number), None)
    if found is None:
        told = speak(chat.language, sentences.NO_SUCH, number=number)
        return _told(batch, f"{told}\n\n{_list(chat, known, policies)}")
    told = speak(chat.language, sentences.CANCELED, text=plain_line(found.text))
    deed = Deed("cancel_reminder", {"number": number})
    return replace(_told(batch, told), deeds=(deed,))


def _read_cancel(text: str, language: str | None) -> int | None:
    """Return the number of `cancel 2`, in any language; None: it says something else.

    The digits of all scripts count.
    """
    word, _, number = text.strip().rpartition(" ")
    if not number.isdecimal() or len(number) > MOST_DIGITS:
        return None
    meant = find_meant(word, {"cancel": sentences.CANCEL}, language)
    return int(number) if meant else None


def _list(chat: Userchat, known: Sequence[Scheduled], policies: Policies) -> str:
    if not known:
        return speak(chat.language, sentences.NOTHING)
    word = speak(chat.language, sentences.CANCEL)
    example = f"/{COMMAND} {word} {known[0].number}"
    ends = speak(chat.language, sentences.HOW_TO_CANCEL, example=example)
    begins = speak(chat.language, sentences.LISTED)
    return "\n".join([begins, *_lines(chat, known, policies), "", ends])


def _lines(
    chat: Userchat, known: Sequence[Scheduled], policies: Policies
) -> Iterator[str]:
    zone = policies.handoff.hours.timezone if policies.handoff else UTC
    for one in known:
        when = tell_opening(
            one.say_at.astimezone(zone), datetime.now(UTC), chat.language
        )
        text = isolated(chat.language, plain_line(one.text))
        yield sentences.LINE.format(number=one.number, text=text, when=when)


def _told(batch: Batch, text: str) -> Reply:
    return Reply(turn=say(text, batch, COMMAND))


def _is_offered(_chat: Userchat, policies: Policies) -> bool:
    return policies.reminds


ENTRIES = (
    CommandEntry(
        name=COMMAND,
        words=words.REMINDERS,
        takes_text=True,
        help=sentences.REMINDERS,
        does=answer_reminders,
        needs_database=True,
        offered=_is_offered,
    ),
)
