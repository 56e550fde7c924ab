"""What is asked of the business's knowledge for a batch."""

from bot.chat.media.seeing import words_of
from bot.chat.prompt import arrange_turns, describe_turn
from bot.chat.quotes.finding import find_quoted, told_by
from bot.chat.replies import Batch
from bot.knowledge.protocol import Question
from db.records import Turn, Userchat

# A follow-up is about what was said just before.
MOST_EARLIER = 6
LONGEST_EARLIER = 2000


def question_of(chat: Userchat, batch: Batch, most_tokens: int) -> Question:
    """Return the question of a batch, with what the user said before it.

    Not with our answers: one that tells a lot would be found again by its own words,
    whatever is asked next. What a message quotes is what it is about: it comes last.
    """
    asked = {turn.message_sid for turn in batch}
    turns = arrange_turns((*chat.earlier_turns, *chat.turns))
    theirs = [turn for turn in turns if turn.role == "user"]
    before = (turn for turn in theirs if turn.message_sid not in asked)
    earlier = [words_of(turn, chat.seen) for turn in before]
    quoted = [text for turn in batch for text in _quoted(chat, turn)]
    told = [text[:LONGEST_EARLIER] for text in (*earlier, *quoted) if text.strip()]
    return Question(
        text="\n".join(filter(None, (_words(chat, turn) for turn in batch))),
        user_id=chat.user_id,
        earlier=tuple(told[-MOST_EARLIER:]),
        most_tokens=most_tokens,
        has_documents=chat.has_documents,
    )


def _words(chat: Userchat, turn: Turn) -> str:
    return words_of(turn, chat.seen) or describe_turn(turn, seen=chat.seen)


def _quoted(chat: Userchat, turn: Turn) -> list[str]:
    quoted = find_quoted(chat).get(turn.quotes) if turn.quotes else None
    return [told_by(quoted, chat.seen)] if quoted else []
