"""/memory and /forget: what is known of a user, and having it forgotten.

What a number means is what the list showed that they saw: facts may have come since.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.chat.commands.dress import as_word
from bot.chat.commands.entries import CommandEntry, Policies, Question
from bot.chat.facts import sentences, words
from bot.chat.replies import Batch, say
from bot.chat.sources.plain import plain_line
from bot.languages.speaking import ISOLATE, ISOLATE_ENDS, isolated, speak
from db.records import Deed, Fact, Reply, Userchat

MEMORY, FORGET = "memory", "forget"
# What an answer of ours asks: which one, and whether they are sure.
ABOUT_ONE, ABOUT_ALL = "memory:which", "forget:sure"
SURE_LASTS = timedelta(minutes=10)
LINE = re.compile(
    r"(?P<number>[0-9]{1,3})\. (?P<text>.*) "
    rf"\({ISOLATE}?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{ISOLATE_ENDS}?\)"
)
POINTING = frozenset(map(as_word, words.POINTING))


def list_facts(chat: Userchat, batch: Batch, _text: str, policies: Policies) -> Reply:
    """Tell all that is remembered, each with its number and day."""
    return _list(chat, batch, _known(chat, policies))


def forget(chat: Userchat, batch: Batch, text: str, policies: Policies) -> Reply:
    """Forget what is named or pointed at; without either ask whether all shall go."""
    if text.strip():
        return _forget_one(chat, batch, as_word(text), policies)
    if chat.is_operator:
        return _tell(chat, batch, sentences.OPERATOR)
    word = speak(chat.language, sentences.YES_FORGET)
    asked = _tell(chat, batch, sentences.SURE, word=word)
    return replace(asked, turn=replace(asked.turn, asks=ABOUT_ALL))


def erase(chat: Userchat, batch: Batch, _text: str, _policies: Policies) -> Reply:
    """Have a worker erase who is sure, once this reply is sent."""
    if chat.is_operator:
        return _tell(chat, batch, sentences.OPERATOR)
    told = _tell(chat, batch, sentences.ERASED)
    return replace(told, deeds=(Deed("erase_user", {"after": told.turn.reference_id}),))


def forget_listed(
    chat: Userchat, batch: Batch, _text: str, policies: Policies
) -> Reply:
    """Forget the one that was listed; ask, where there were more."""
    return _forget_one(chat, batch, "", policies)


def _forget_one(chat: Userchat, batch: Batch, said: str, policies: Policies) -> Reply:
    known, shown = _known(chat, policies), _find_shown(chat)
    is_number = said.isascii() and said.isdecimal()
    if quoted := _find_quoted(batch, known):
        return _forgotten(chat, batch, quoted)
    if not is_number and (len(shown) == 1 or said not in {"", *POINTING}):
        return _forget_text(chat, batch, shown, known)
    if not is_number or not shown:
        return _ask_which(chat, batch, known)
    text = shown.get(int(said))
    if text is None:
        told = speak(chat.language, sentences.NO_SUCH, number=said)
        return Reply(turn=say(told, batch, FORGET))
    return _forget_text(chat, batch, {1: text}, known)


def _forget_text(
    chat: Userchat, batch: Batch, shown: dict[int, str], known: Sequence[Fact]
) -> Reply:
    """Forget the one that is shown; ask where there is none, or more than one."""
    if len(shown) != 1:
        return _ask_which(chat, batch, known)
    (text,) = shown.values()
    meant = [fact for fact in known if plain_line(fact.text) == text]
    if not meant:
        told = speak(chat.language, sentences.GONE)
        return Reply(turn=say(told, batch, FORGET))
    return _forgotten(chat, batch, meant)


def _forgotten(chat: Userchat, batch: Batch, facts: Sequence[Fact]) -> Reply:
    text = "; ".join(plain_line(fact.text) for fact in facts)
    told = speak(chat.language, sentences.FORGOTTEN, text=text)
    ids = [fact.fact_id for fact in facts]
    deeds = (Deed("forget_facts", {"ids": ids}),)
    return Reply(turn=say(told, batch, FORGET), deeds=deeds)


def _ask_which(chat: Userchat, batch: Batch, known: Sequence[Fact]) -> Reply:
    if not known:
        return _list(chat, batch, known)
    lines = [*_lines(chat, known), speak(chat.language, sentences.WHICH)]
    return _with_list(batch, lines)


def _list(chat: Userchat, batch: Batch, known: Sequence[Fact]) -> Reply:
    if not known:
        told = (sentences.NOTHING, sentences.HOW_TO_FORGET_ALL)
        text = "\n\n".join(speak(chat.language, each) for each in told)
        return Reply(turn=say(text, batch, MEMORY))
    begins = speak(chat.language, sentences.KNOWN)
    ends = speak(chat.language, sentences.HOW_TO_FORGET)
    return _with_list(batch, [begins, *_lines(chat, known), "", ends])


def _with_list(batch: Batch, lines: Iterable[str]) -> Reply:
    turn = say("\n".join(lines), batch, MEMORY)
    return Reply(turn=replace(turn, asks=ABOUT_ONE))


def _lines(chat: Userchat, known: Sequence[Fact]) -> list[str]:
    return [
        sentences.LINE.format(
            number=number,
            text=plain_line(fact.text),
            day=isolated(chat.language, fact.told_at.date()),
        )
        for number, fact in enumerate(known, 1)
    ]


def _find_shown(chat: Userchat) -> dict[int, str]:
    """Return what was last listed in this talk, by its numbers."""
    said = reversed((*chat.earlier_turns, *chat.turns))
    last = next((turn for turn in said if turn.asks == ABOUT_ONE), None)
    found = map(LINE.fullmatch, last.content.split("\n") if last else ())
    return {int(line["number"]): line["text"] for line in found if line}


def _find_quoted(batch: Batch, known: Sequence[Fact]) -> Sequence[Fact]:
    """Return what was told in the message that this one replies to."""
    quoted = batch[0].quotes
    return [fact for fact in known if quoted and fact.message_sid == quoted]


def _known(chat: Userchat, policies: Policies) -> Sequence[Fact]:
    return policies.know(chat.user_id).facts if policies.know else ()


def _tell(chat: Userchat, batch: Batch, sentence: str, **gaps: object) -> Reply:
    told = speak(chat.language, sentence, **gaps)
    return Reply(turn=say(told, batch, FORGET))


ENTRIES = (
    CommandEntry(
        name=MEMORY,
        words=words.MEMORY,
        means_it=words.asks_what_is_known,
        help=sentences.MEMORY,
        does=list_facts,
        needs_database=True,
    ),
    CommandEntry(
        name=FORGET,
        words=words.FORGET,
        takes_text=True,
        help=sentences.FORGET,
        does=forget,
        needs_database=True,
        heard_when_stopped=True,
    ),
)
QUESTIONS = (
    Question(
        name=ABOUT_ONE,
        answers=(
            CommandEntry(name="forget that", words=words.THAT, does=forget_listed),
        ),
    ),
    Question(
        name=ABOUT_ALL,
        answers=(
            CommandEntry(
                name="yes forget",
                words=words.YES_FORGET,
                spoken=sentences.YES_FORGET,
                does=erase,
                heard_when_stopped=True,
            ),
        ),
        lasts=SURE_LASTS,
        heard_when_stopped=True,
    ),
)
