"""How people ask what is known of them, and to have it forgotten."""

from functools import cache

from bot.chat.handoff.plain import plain

LONGEST = 80
MEMORY = {
    "es": ("memoria",),
    "pt": ("memória",),
    "de": ("gedächtnis",),
    "fr": ("mémoire",),
    "id": ("ingatan",),
    "hi": ("याददाश्त",),
    "ar": ("ذاكرة",),
}
FORGET = {
    "es": ("olvidar", "olvida"),
    "pt": ("esquecer", "esqueça"),
    "de": ("vergessen", "vergiss"),
    "fr": ("oublier", "oublie"),
    "id": ("lupakan",),
    "hi": ("भूलो", "भूल जाओ"),
    "ar": ("انس", "انسى"),
}
# Behind what is listed: elsewhere they are something people say.
THAT = {
    "en": ("forget that", "forget it", "forget this"),
    "es": ("olvida eso", "olvídalo", "olvida esto"),
    "pt": ("esqueça isso", "esquece isso", "esqueça"),
    "de": ("vergiss das", "vergiss es", "das vergessen"),
    "fr": ("oublie ça", "oublie cela", "oubliez ça"),
    "id": ("lupakan itu", "lupakan ini"),
    "hi": ("वह भूल जाओ", "इसे भूल जाओ", "यह भूल जाओ"),
    "ar": ("انس ذلك", "انسى ذلك", "انس هذا"),
}
# Behind /forget.
POINTING = (
    "that", "it", "this", "eso", "esto", "isso", "isto", "das", "es", "ça", "cela",
    "itu", "ini", "वह", "यह", "ذلك", "هذا",
)  # fmt: skip
YES_FORGET = {
    "es": ("sí olvidar", "sí, olvidar"),
    "pt": ("sim esquecer", "sim, esquecer"),
    "de": ("ja vergessen", "ja, vergessen"),
    "fr": ("oui oublier", "oui, oublier"),
    "id": ("ya lupakan", "ya, lupakan"),
    "hi": ("हाँ भूल जाओ", "हां भूल जाओ"),
    "ar": ("نعم انس", "نعم، انس"),
}
ASKED = """
what do you know about me
what do you remember about me
what did i tell you about me
what do you know of me
what have you stored about me
what data do you have about me
qué sabes de mí
qué sabes sobre mí
qué recuerdas de mí
qué datos tienes de mí
qué datos tienen sobre mí
o que você sabe sobre mim
o que sabe sobre mim
o que você lembra de mim
que dados vocês têm sobre mim
was weißt du über mich
was wissen sie über mich
was wisst ihr über mich
was hast du über mich gespeichert
was haben sie über mich gespeichert
que sais tu de moi
que savez vous de moi
que sais tu sur moi
que savez vous sur moi
qu'est ce que tu sais sur moi
qu'est ce que vous savez sur moi
apa yang kamu tahu tentang saya
apa yang anda tahu tentang saya
apa yang kamu ingat tentang saya
तुम मेरे बारे में क्या जानते हो
आप मेरे बारे में क्या जानते हैं
मेरे बारे में क्या जानते हो
मेरे बारे में आप क्या जानते हैं
ماذا تعرف عني
ما الذي تعرفه عني
ماذا تعرفون عني
ماذا تتذكر عني
"""


def asks_what_is_known(text: str) -> bool:
    """Tell whether a whole message asks what is known of who writes it."""
    return len(text) <= LONGEST and plain(text) in _asked()


@cache
def _asked() -> frozenset[str]:
    return frozenset(map(plain, ASKED.strip().split("\n")))
