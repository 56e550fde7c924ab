"""Who may teach: addresses, as an operator writes them into a setting."""

import re

ADDRESS = re.compile(r"whatsapp:(\+[1-9][0-9]{6,14}|[A-Z]{2}\.[!-~]{1,180})")
NUMBER = re.compile(r"\+?[1-9][0-9]{6,14}")
AROUND = re.compile(r"[\s().-]+")
TEACHERS_HINT = "a number such as +49 151 23456789, or several by ,"


def read_teachers(given: str) -> frozenset[str]:
    """Return addresses as Twilio writes them. Raises ValueError where one is none."""
    return frozenset(_read(each.strip()) for each in given.split(",") if each.strip())


def _read(given: str) -> str:
    if ADDRESS.fullmatch(given):
        return given
    bare = AROUND.sub("", given.removeprefix("whatsapp:"))
    if not NUMBER.fullmatch(bare):
        raise ValueError
    return f"whatsapp:+{bare.removeprefix('+')}"
