"""The tag of a call, and text of others that must not look like one."""

import re

OPENS, CLOSES = '<call name="{name}">', "</call>"
# As it is looked for in what others wrote, and in what users would read: in any dress.
ANY_TAG = re.compile(r"[<\uff1c]\s{0,9}/?\s{0,9}call\b", re.IGNORECASE)
ANY_OPENING = re.compile(r"[<\uff1c]\s{0,9}call\b", re.IGNORECASE)


def harmless(text: str) -> str:
    """Return a text in which no tag is one any more: it reads as before."""
    return ANY_TAG.sub(lambda found: f"\u2039{found[0][1:]}", text)
