"""/me: shows how a user is known, and changes it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.commands.dress import as_word
from bot.chat.commands.entries import CommandEntry, Policies
from bot.chat.lead import sentences
from bot.chat.lead.validating import READERS
from bot.chat.replies import Batch, say
from bot.chat.sources.plain import plain_line
from bot.languages.names import LANGUAGES
from bot.languages.shelf import shelf
from bot.languages.speaking import every_wording, speak
from db.records import Deed, Reply, Userchat

ME = "me"
WORDS = {
    "es": ("yo",),
    "pt": ("eu",),
    "de": ("ich",),
    "fr": ("moi",),
    "id": ("saya",),
    "hi": ("मैं",),
    "ar": ("أنا",),
}
# The longest name of one: "البريد الإلكتروني" has two.
MOST_WORDS = 3
# What each is called, besides in English and as the catalogues have it.
CALLED = {
    "name": ("nombre", "nome", "nom", "nama", "नाम", "الاسم", "اسم"),
    "email": ("e-mail", "mail", "correo", "surel", "ईमेल", "البريد"),
    "company": ("empresa", "firma", "entreprise", "societe", "perusahaan", "कंपनी",
                "الشركة", "شركة"),
    "language": ("idioma", "lengua", "sprache", "langue", "bahasa", "भाषा", "اللغة"),
}  # fmt: skip


def tell_me(chat: Userchat, batch: Batch, text: str, policies: Policies) -> Reply:
    """Show all that is known of how to reach them, or note what is behind a name."""
    name, given = _read(text)
    if name is None or name == "language":
        return _show(chat, batch, policies, is_language=name is not None)
    if name == "email" and chat.is_operator:
        return _told(batch, speak(chat.language, sentences.LOG_IN))
    value = READERS[name](given)
    if value is None:
        example = sentences.EXAMPLES[name]
        told = speak(chat.language, sentences.NOT_VALID, example=example)
        return _told(batch, told)
    return _note(chat, batch, name, value)


def _note(chat: Userchat, batch: Batch, name: str, value: str) -> Reply:
    shown = speak(chat.language, sentences.NAMES[name])
    told = speak(chat.language, sentences.NOTED, name=shown, value=value)
    reply = _told(batch, told)
    lead = {name: value}
    turn = replace(reply.turn, lead=lead)
    return replace(reply, turn=turn, deeds=(Deed("keep_lead", lead),))


def _show(
    chat: Userchat, batch: Batch, policies: Policies, *, is_language: bool
) -> Reply:
    if is_language:
        return _told(batch, speak(chat.language, sentences.LANGUAGE))
    known = policies.know(chat.user_id) if policies.know else None
    values = {
        "name": known and known.full_name,
        "email": (known and known.email) or _noted_email(chat),
        "company": known and known.company,
        "language": LANGUAGES[shelf.find(chat.language)][1],
    }
    nothing = speak(chat.language, sentences.NOT_KNOWN)
    lines = [
        sentences.LINE.format(
            name=speak(chat.language, sentences.NAMES[name]),
            value=plain_line(value) if value else nothing,
        )
        for name, value in values.items()
    ]
    begins = speak(chat.language, sentences.YOU)
    ends = speak(chat.language, sentences.HOW_TO_SET)
    return _told(batch, "\n".join([begins, *lines, "", ends]))


def _noted_email(chat: Userchat) -> str | None:
    """Return what they told here: it may be kept with this talk alone.

    So nobody learns by /me whether an address is somebody else's.
    """
    said = reversed((*chat.earlier_turns, *chat.turns))
    return next((t.lead["email"] for t in said if "email" in t.lead), None)


def _read(text: str) -> tuple[str | None, str]:
    """Return what a text begins with the name of, and what stands behind that."""
    words = text.split(maxsplit=MOST_WORDS)[:MOST_WORDS]
    for many in range(len(words), 0, -1):
        said = as_word(" ".join(words[:many]).rstrip(":="))
        if name := _by_name().get(said):
            return name, "".join(text.split(maxsplit=many)[many:])
    return None, ""


def _by_name() -> Mapping[str, str]:
    """Return what each is called, in every language."""
    called = {
        name: (name, *every_wording(sentences.NAMES[name]), *more)
        for name, more in CALLED.items()
    }
    return {as_word(word): name for name, words in called.items() for word in words}


def _told(batch: Batch, text: str) -> Reply:
    return Reply(turn=say(text, batch, ME))


ENTRIES = (
    CommandEntry(
        name=ME,
        words=WORDS,
        takes_text=True,
        help=sentences.ME,
        does=tell_me,
        needs_database=True,
    ),
)
