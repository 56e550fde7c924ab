"""Which reactions get an answer: an emoji at a message is mostly a nod."""

from bot.chat.beside import find_reaction
from bot.chat.quotes.finding import find_quoted, told_by
from db.records import Turn, Userchat

# They ask for a word: somebody is not content, or does not understand.
ASKING = frozenset("\U0001f44e\U0001f620\U0001f621\U0001f92c\u274c\u2753\u2049")
QUESTION_MARKS = ("?", "\u061f", "\uff1f", "\u037e")
BEHIND_A_QUESTION = ' \n*_~`")\u2026'


def needs_no_answer(chat: Userchat, turn: Turn) -> bool:
    """Tell whether a message is a reaction that says no more than "I have read it".

    One to a question is its answer. Operators' are about what they were told of
    customers: nobody is answered because of them.
    """
    reaction = find_reaction(turn)
    if reaction is None:
        return False
    emoji, sid = reaction
    if not emoji or chat.is_operator:
        return True
    return not ASKING & set(emoji) and not _is_question(chat, sid)


def _is_question(chat: Userchat, sid: str) -> bool:
    quoted = find_quoted(chat).get(sid)
    words = told_by(quoted, chat.seen) if quoted and quoted.role != "user" else ""
    return words.rstrip(BEHIND_A_QUESTION).endswith(QUESTION_MARKS)
