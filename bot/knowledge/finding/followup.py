"""What a message asks for, seen with the turns before it; without asking an LLM.

"And on Sundays?" says too little to be searched by itself: the words of the last turns
are searched with it, and count less.
"""

from bot.knowledge.taking_in.commonest_words import COMMONEST_WORDS
from bot.knowledge.words import fold, split_words

# A question with more words of its own stands by itself.
MOST_OWN_WORDS = 3
LAST_TURNS = 2
MOST_EARLIER_WORDS = 40
COMMON = frozenset(
    word
    for lists in COMMONEST_WORDS.values()
    for words in lists.values()
    for word in fold(words).split()
)


def find_earlier_words(text: str, earlier: tuple[str, ...]) -> list[str]:
    """Return the words of the last turns that a question leans on; none if on none.

    `earlier` are the turns before it, oldest first.
    """
    own = {word for word in split_words(text) if word not in COMMON}
    if len(own) > MOST_OWN_WORDS:
        return []
    words = [
        word for turn in reversed(earlier[-LAST_TURNS:]) for word in split_words(turn)
    ]
    return [word for word in dict.fromkeys(words) if word not in COMMON][
        :MOST_EARLIER_WORDS
    ]
