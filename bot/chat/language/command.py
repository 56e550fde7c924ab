"""/language: in which language a person is answered."""

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.commands.entries import Policies
from bot.chat.language import sentences
from bot.chat.replies import Batch, say
from bot.languages.finding import find_named
from bot.languages.names import LANGUAGES
from bot.languages.speaking import speak
from db.records import Deed, Reply, Userchat

COMMAND = "language"
WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("lang",),
    "es": ("idioma", "lengua"),
    "pt": ("idioma", "língua"),
    "de": ("sprache",),
    "fr": ("langue",),
    "hi": ("भाषा", "bhasha"),
    "ar": ("لغة", "اللغة"),
    "id": ("bahasa",),
}
# Takes the choice back.
AUTOMATIC = "auto"


def answer_language(
    chat: Userchat, batch: Batch, text: str, _policies: Policies
) -> Reply:
    """Set the language that is named, take it back, or show which there are."""
    if text.casefold().strip() == AUTOMATIC:
        told, chosen = speak(chat.language, sentences.AS_YOU_WRITE), None
    elif chosen := find_named(text):
        told = speak(chosen, sentences.SET, language=LANGUAGES[chosen][1])
    else:
        return Reply(turn=say(_choices(chat), batch, COMMAND))
    deed = Deed("set_preferences", {"language": chosen})
    return replace(Reply(turn=say(told, batch, COMMAND)), deeds=(deed,))


def _choices(chat: Userchat) -> str:
    example = f"/{COMMAND} {next(code for code in LANGUAGES if code != chat.language)}"
    own = ((code, name) for code, (_, name) in LANGUAGES.items())
    named = [*own, (AUTOMATIC, speak(chat.language, sentences.AUTOMATIC))]
    asked = speak(chat.language, sentences.CHOICES, example=example)
    return "\n".join([asked, *(f"{code}: {name}" for code, name in named)])
