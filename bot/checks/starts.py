"""What stops each process with these settings: told by a check, and at its start."""

import importlib.util
import ipaddress
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import MISSING, Settings, SettingsError
from db.address import is_pooled

NOT_INSTALLED = "and {} that would take its place is not installed: run `make install`"
NO_PUBLIC_ADDRESS = (
    "is missing, or leads to this machine or network only: give the address at which "
    "Twilio reaches this bot, such as https://bot.example.com"
)
POOLED = (
    "leads through PgBouncer (pgbouncer=true), which is for `bot web` alone: give the "
    "server's own address"
)
NEEDS_LEDGER = (
    "needs the database, where it is kept what was done: not STORAGE_BACKEND=memory"
)
INNER_NAMES = (".localhost", ".local", ".internal")
Problems = Mapping[str, str]


def find_obstacles(settings: Settings, process: str) -> Problems:
    """Return what stops a process, such as `web`, by the variables to look at."""
    return OBSTACLES[process](settings)


def require_start(settings: Settings, process: str) -> None:
    """Raise SettingsError with all that stops the process."""
    if found := find_obstacles(settings, process):
        raise SettingsError(found)


def meant_to_run(settings: Settings) -> list[str]:
    """Return the processes that must start with what is configured.

    `bot run` provides what is missing, so that it always must; with Twilio and a
    database a deployment of web and worker is meant.
    """
    if settings.twilio is None or not (settings.database_url or settings.in_memory):
        return ["run"]
    return ["run", "web"] if settings.in_memory else ["run", "web", "worker"]


def _of_run(settings: Settings) -> Problems:
    found = {**_public_address(settings), **_ports_alike(settings)}
    found |= _tools_in_memory(settings)
    found |= {**_not_installed(settings), **_data_folder(settings)}
    return {**found, **_pooled(settings)}


def _of_web(settings: Settings) -> Problems:
    found = {**_missing(settings.web_parts), **_public_address(settings)}
    return {**found, **_tools_in_memory(settings)}


def _of_worker(settings: Settings) -> Problems:
    found = {**_missing(settings.worker_parts), **_public_address(settings)}
    return {**found, **_pooled(settings)}


def _of_console(settings: Settings) -> Problems:
    """Of Twilio and the LLM it needs nothing."""
    return _missing(settings.console_parts)


OBSTACLES: Mapping[str, Callable[[Settings], Problems]] = {
    "run": _of_run,
    "web": _of_web,
    "worker": _of_worker,
    "console": _of_console,
}


def _missing(parts: Callable[[], object]) -> Problems:
    try:
        parts()
    except SettingsError as error:
        return error.problems
    return {}


def _public_address(settings: Settings) -> Problems:
    """Signatures are checked against it, and status callbacks go there."""
    twilio = settings.twilio
    if twilio is None or _is_inner(twilio.api_base_url):  # a stand-in beside us
        return {}
    is_inner = _is_inner(settings.public_base_url)
    return {"PUBLIC_BASE_URL": NO_PUBLIC_ADDRESS} if is_inner else {}


def _is_inner(address: str | None) -> bool:
    """Tell whether an address leads nowhere from outside; None is Twilio's own."""
    if address is None:
        return False
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(INNER_NAMES)


def _tools_in_memory(settings: Settings) -> Problems:
    """Without a ledger no effect is safe."""
    reminders = settings.policy.reminders
    clashes = {
        "BOT_TOOLS": settings.tools.are_set,
        "REMINDERS": reminders.is_on,
        "FOLLOW_UP_HOURS": reminders.follow_up is not None,
    }
    found = {name: NEEDS_LEDGER for name, is_set in clashes.items() if is_set}
    return found if settings.in_memory else {}


def _pooled(settings: Settings) -> Problems:
    """Workers listen, which needs a connection of their own."""
    url = None if settings.in_memory else settings.database_url
    return {"DATABASE_URL": POOLED} if url and is_pooled(url) else {}


def _ports_alike(settings: Settings) -> Problems:
    wanted = {"PORT": settings.port}
    if settings.twilio is None:
        wanted["SIMULATOR_PORT"] = settings.simulator_port
    if settings.worker_metrics_port and not settings.in_memory:
        wanted["WORKER_METRICS_PORT"] = settings.worker_metrics_port
    if not settings.in_memory:
        wanted["CONSOLE_PORT"] = settings.console_port
    first: dict[int, str] = {}
    for name, port in wanted.items():
        first.setdefault(port, name)
    return {
        name: f"is the port of {first[port]}, too: choose another"
        for name, port in wanted.items()
        if first[port] != name
    }


def _not_installed(settings: Settings) -> Problems:
    found = {}
    if not (settings.database_url or settings.in_memory or _has_postgres()):
        instead = NOT_INSTALLED.format("the embedded PostgreSQL")
        found["DATABASE_URL"] = f"is missing, {instead}"
    if settings.llm is None and not _has_local_model():
        missing = MISSING["llm"]["OPENAI_API_KEY"]
        instead = NOT_INSTALLED.format("the local model")
        found["OPENAI_API_KEY"] = f"{missing}, {instead}"
    return found


def _has_postgres() -> bool:
    from db.embedded.errors import EmbeddedPostgresError  # noqa: PLC0415
    from db.embedded.programs import bin_folder  # noqa: PLC0415 (web needs none)

    try:
        bin_folder()
    except EmbeddedPostgresError:
        return False
    return True


def _has_local_model() -> bool:
    from bot.local.model import LocalModelError, model_file  # noqa: PLC0415 (as above)

    try:
        model_file()
    except LocalModelError:
        return False
    return importlib.util.find_spec("xllamacpp") is not None


def _data_folder(settings: Settings) -> Problems:
    folder = settings.data_folder
    there = next(path for path in (folder, *folder.parents) if _is_there(path))
    if _may_write(there):
        return {}
    return {
        "DATA_FOLDER": "must be a folder that is there, or can be made, and written"
    }


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not be entered, or a name that is too long
        return False


def _may_write(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
