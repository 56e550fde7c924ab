"""Reads mcp.json, as other MCP clients write it, and what the bot asks beyond that."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from bot.environment import Reader
from bot.tools.mcp.servers import USUAL_SECONDS, McpServer, Rule
from bot.tools.protocol import Approval, Effects

SETTING = "BOT_MCP"
MOST_SERVERS = 20
MOST_BYTES = 256 * 1024
NAME = re.compile("[A-Za-z][A-Za-z0-9-]{0,23}(_[A-Za-z0-9-]{1,23})?")
# ${NAME}, ${NAME:-otherwise}, and ${env:NAME} as some clients write it.
VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
STREAMABLE = ("http", "streamable-http", "streamableHttp", "streamable_http")
READ = ("type", "command", "args", "env", "cwd", "url", "headers", "disabled", "bot")
OURS = ("seconds", "only", "caller", "key", "tools")
OF_A_TOOL = ("approval", "effects", "resource", "approvals", "seconds", "asks")
OF_A_CALLER = ("user_id", "address", "chat_id", "name", "language")
LONGEST_SECONDS = 120.0


class _WrongError(Exception):
    """What is wrong with the file; its text holds none of its values."""


def read_mcp(read: Reader) -> tuple[McpServer, ...]:
    """Return the servers of the file that BOT_MCP names; none where it is unset."""
    path = read.text(SETTING)
    if path is None:
        return ()
    try:
        return _parse(_load(path), read)
    except _WrongError as error:
        read.problems[SETTING] = str(error)
        return ()


def _load(path: str) -> Mapping[str, Any]:
    hint = "must name a file as MCP clients write it, such as mcp.json"
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise _WrongError(f"{hint}: this one is too large")
        held = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError:
        raise _WrongError(f"{hint}: this one can't be read") from None
    except (ValueError, RecursionError):
        raise _WrongError(f"{hint}: this one is no JSON") from None
    servers: Any = held.get("mcpServers", held.get("servers")) if _is_map(held) else 0
    if not _is_map(servers):
        raise _WrongError(f'{hint}: this one has no "mcpServers"')
    found: Mapping[str, Any] = servers
    return found


def _parse(servers: Mapping[str, Any], read: Reader) -> tuple[McpServer, ...]:
    used = {name: entry for name, entry in servers.items() if not _is_off(entry)}
    if len(used) > MOST_SERVERS:
        raise _WrongError(f"must not hold more than {MOST_SERVERS} servers")
    for name in used:
        if not NAME.fullmatch(name):
            raise _WrongError(
                "must name each server by letters, digits, - and at most one _: "
                "its tools are called by it"
            )
    if len({name.lower() for name in used}) < len(used):
        raise _WrongError("must not name two servers alike")
    return tuple(_Entry(name, entry, read).server() for name, entry in used.items())


def _is_off(entry: Any) -> bool:
    return _is_map(entry) and entry.get("disabled") is True


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


class _Entry:
    """What the file says of one server."""

    def __init__(self, name: str, entry: Any, read: Reader) -> None:
        self._name, self._entry, self._read = name, entry, read
        if not _is_map(entry):
            raise self._wrong("is no object")
        self._own = self._map(entry, "bot")

    def server(self) -> McpServer:
        """Return it. Raises _WrongError."""
        command, url = self._text("command"), self._text("url")
        if (command is None) == (url is None):
            raise self._wrong('needs either a "command" or a "url"')
        kind = self._entry.get("type")
        if kind is not None and kind not in (("stdio",) if command else STREAMABLE):
            raise self._wrong(
                'has a "type" that is not spoken: stdio with a "command", or '
                'streamable HTTP ("http") with a "url"; not sse'
            )
        if url and not re.fullmatch(r"https?://[!-~]+", url):
            raise self._wrong('needs a "url" that begins with https://')
        return McpServer(
            name=self._name,
            command=command,
            url=url,
            args=tuple(self._texts(self._entry, "args")),
            env=self._expanded("env"),
            headers=self._expanded("headers"),
            cwd=self._text("cwd"),
            unread=tuple(sorted(set(self._entry) - set(READ))),
            **self._ours(),
        )

    def _ours(self) -> dict[str, Any]:
        self._know(self._own, OURS)
        only = self._texts(self._own, "only") if "only" in self._own else None
        caller = self._map(self._own, "caller")
        if not all(value in OF_A_CALLER for value in caller.values()):
            raise self._wrong(f'fills "caller" by one of {", ".join(OF_A_CALLER)}')
        return {
            "seconds": self._seconds(self._own) or USUAL_SECONDS,
            "only": None if only is None else frozenset(only),
            "caller": caller,
            "key": self._plain(self._own, "key"),
            "rules": {
                tool: self._rule(self._map({tool: rule}, tool))
                for tool, rule in self._map(self._own, "tools").items()
            },
        }

    def _rule(self, told: Mapping[str, Any]) -> Rule:
        self._know(told, OF_A_TOOL)
        for word, kinds in (("approval", Approval), ("effects", Effects)):
            known = get_args(kinds)
            if word in told and told[word] not in known:
                raise self._wrong(f'has "{word}" as one of {", ".join(known)}')
        return Rule(
            approval=told.get("approval"),
            effects=told.get("effects"),
            resource=self._plain(told, "resource"),
            approvals=self._approvals(told),
            seconds=self._seconds(told),
            asks=self._plain(told, "asks") or "",
        )

    def _approvals(self, told: Mapping[str, Any]) -> Mapping[str, Approval]:
        found = self._map(told, "approvals")
        if not all(one in get_args(Approval) for one in found.values()):
            raise self._wrong('has in "approvals" other words than in "approval"')
        if found and not told.get("resource"):
            raise self._wrong('has "approvals", but no "resource" that they are of')
        return found

    def _know(self, told: Mapping[str, Any], known: Sequence[str]) -> None:
        """Refuse a word that is misspelt: it would be a rule that does not hold."""
        if not set(told) <= set(known):
            raise self._wrong(f'knows in "bot" only {", ".join(known)}')

    def _seconds(self, told: Mapping[str, Any]) -> float | None:
        value = told.get("seconds")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong('has "seconds" as a number')
        if not 0 < value <= LONGEST_SECONDS:
            raise self._wrong(f'has "seconds" up to {LONGEST_SECONDS:g}')
        return float(value)

    def _map(self, told: Mapping[str, Any], word: str) -> Mapping[str, Any]:
        found = told.get(word, {})
        if not _is_map(found):
            raise self._wrong(f'has "{word}" as an object')
        known: Mapping[str, Any] = found
        return known

    def _plain(self, told: Mapping[str, Any], word: str) -> str | None:
        found = told.get(word)
        if found is not None and not isinstance(found, str):
            raise self._wrong(f'has "{word}" as a text')
        return found or None

    def _text(self, word: str) -> str | None:
        found = self._plain(self._entry, word)
        return None if found is None else self._expand(found)

    def _texts(self, told: Mapping[str, Any], word: str) -> list[str]:
        found = told.get(word, [])
        if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
            raise self._wrong(f'has "{word}" as a list of texts')
        return [self._expand(each) for each in found]

    def _expanded(self, word: str) -> Mapping[str, str]:
        found = self._map(self._entry, word)
        if not all(isinstance(value, str) for value in found.values()):
            raise self._wrong(f'has "{word}" with texts alone')
        return {name: self._expand(value) for name, value in found.items()}

    def _expand(self, text: str) -> str:
        """Put variables of the environment, or of `.env`, in their places."""
        return VARIABLE.sub(self._value, text)

    def _value(self, found: "re.Match[str]") -> str:
        name, otherwise = found[1], found[2]
        value = self._read.text(name)
        if value is None and otherwise is None:
            raise self._wrong(f"asks for ${{{name}}}, which is not set")
        return value if value is not None else otherwise or ""

    def _wrong(self, what: str) -> _WrongError:
        return _WrongError(f"is wrong about the server {self._name}: it {what}")
