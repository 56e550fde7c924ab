"""What people write, as pages show it: harmless, and with WhatsApp's own formatting.

https://faq.whatsapp.com/539178204879377
"""

import re

from markupsafe import Markup, escape

from bot.terminal import printable

# A mark counts where the word begins or ends, as on the phone; none inside its own.
MARKED = re.compile(
    r"```(?P<block>[^`]+)```|`(?P<code>[^`\n]+)`"
    r"|(?<![^\W_])\*(?P<b>[^\s*](?:[^*\n]*[^\s*])?)\*(?![^\W_])"
    r"|(?<![^\W_])_(?P<i>[^\s_](?:[^_\n]*[^\s_])?)_(?![^\W_])"
    r"|(?<![^\W_])~(?P<s>[^\s~](?:[^~\n]*[^\s~])?)~(?![^\W_])"
)
ELEMENTS = {"block": "code", "code": "code", "b": "strong", "i": "em", "s": "s"}
DEEPEST = 3  # of formatting within formatting
LONGEST = 20_000  # what is longer is shown as it was written


def theirs(text: str | None) -> str:
    """Return what others wrote without what would act: control and bidi characters."""
    shown = text or ""
    # Most texts have none, which Python tells at once.
    return shown if shown.isprintable() else printable(shown)


def whatsapp(text: str | None) -> Markup:
    """Return what others wrote with its bold, italic, struck and code parts as HTML."""
    shown = theirs(text)
    return _formatted(shown, 0) if len(shown) <= LONGEST else escape(shown)


def _formatted(text: str, depth: int) -> Markup:
    pieces, end = [], 0
    for found in MARKED.finditer(text):
        kind = found.lastgroup or ""
        pieces += [escape(text[end : found.start()]), _element(kind, found, depth)]
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _element(kind: str, found: re.Match[str], depth: int) -> Markup:
    name, inside = ELEMENTS[kind], found[kind]
    is_flat = name == "code" or depth >= DEEPEST
    content = escape(inside) if is_flat else _formatted(inside, depth + 1)
    return Markup("<{0}>{1}</{0}>").format(Markup(name), content)  # noqa: S704 (ours)
