"""Where the console listens, where people reach it, and what signs its forms."""

import re
from ipaddress import ip_address
from typing import Any

from bot.console.chat.templates_setting import ReplyTemplate, parse_templates
from bot.environment import Reader

KEY, KEY_HINT = "[!-~]{32,}", "32 or more characters, without a blank"
HOST_HINT = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"
TEMPLATES_HINT = "a JSON list as .env.example shows it"
MOST_PROXIES = 5
LOOPBACK = ip_address("127.0.0.1")


def read_console(read: Reader) -> dict[str, Any]:
    """Return the fields of Settings that are the console's own."""
    port = read.integer("CONSOLE_PORT", 8002, 1, 65535)
    return {
        "console_port": port,
        "console_host": str(
            read.parsed("CONSOLE_HOST", ip_address, LOOPBACK, HOST_HINT)
        ),
        "console_url": read.origin("CONSOLE_URL") or f"http://127.0.0.1:{port}",
        "console_proxies": read.integer("CONSOLE_PROXIES", 0, 0, MOST_PROXIES),
        "console_secret_key": _read_key(read),
        "console_templates": _read_templates(read),
    }


def _read_templates(read: Reader) -> tuple[ReplyTemplate, ...]:
    none: tuple[ReplyTemplate, ...] = ()
    return read.parsed("CONSOLE_TEMPLATES", parse_templates, none, TEMPLATES_HINT)


def _read_key(read: Reader) -> str | None:
    name, in_file = "CONSOLE_SECRET_KEY", "CONSOLE_SECRET_KEY_FILE"
    key, file = read.text(name, KEY, KEY_HINT), read.text(in_file)
    if file is None:
        return key
    if key is not None:
        read.problems[in_file] = f"is set, and {name} too: keep one"
    held = read.file(in_file, file)
    if held is not None and not re.fullmatch(KEY, held):
        read.problems[in_file] = f"must hold {KEY_HINT}"
    return held
