"""Which languages the bot speaks, and what people call them."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH = "en"
# By code: its name in English, and in itself.
LANGUAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": ("English", "English"),
        "es": ("Spanish", "español"),
        "pt": ("Portuguese", "português"),
        "de": ("German", "Deutsch"),
        "fr": ("French", "français"),
        "hi": ("Hindi", "हिन्दी"),
        "ar": ("Arabic", "العربية"),
        "id": ("Indonesian", "Bahasa Indonesia"),
    }
)
RIGHT_TO_LEFT = frozenset({"ar"})
LANGUAGES_HINT = f"one of {', '.join(LANGUAGES)}"


def find_language(code: str | None) -> str | None:
    """Return the code as LANGUAGES has it; None: no language of ours.

    A region or script behind it changes nothing: pt-BR and pt_PT are pt.
    """
    plain = (code or "").replace("_", "-").partition("-")[0].strip().lower()
    return plain if plain in LANGUAGES else None
