"""Which word of ours somebody says, in whichever language.

What a user is answered in goes by what they write, and may be another one behind a
word as short as "lang"; and an operator may say a word otherwise in each language.
"""

from collections.abc import Mapping, Set

from bot.chat.commands.dress import as_word
from bot.languages.speaking import every_wording, speak


def find_meant(said: str, words: Mapping[str, str], language: str | None) -> str | None:
    """Return the name of the word that was said: `words` are sentences by name.

    In English by its name, else in the user's language, else in any; None: it is none.
    """
    word = as_word(said)
    if word in words:
        return word
    if not word:
        return None
    own = {name: {speak(language, each)} for name, each in words.items()}
    every = {name: every_wording(each) for name, each in words.items()}
    return _find(word, own) or _find(word, every)


def _find(word: str, wordings: Mapping[str, Set[str]]) -> str | None:
    known = wordings.items()
    return next((name for name, said in known if word in map(as_word, said)), None)
