"""The bot's own sentences in a user's language."""


def spoken(sentence: str) -> str:
    """Mark a sentence that users read, as it stands; `{gaps}` have names."""
    return sentence


def speak(language: str | None, sentence: str, **gaps: object) -> str:
    """Return a sentence in a language, its gaps filled; in English where none fits.

    `sentence` is the English one, as bot/chat/sentences.py has it.
    """
    told = {"en": sentence}.get(language or "en", sentence)
    return told.format(**gaps) if gaps else told
