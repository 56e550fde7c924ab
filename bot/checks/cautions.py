"""What is no fault of the settings, and yet hardly meant: told, and stops nothing."""

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from bot.checks.doubts import find_doubts
from bot.environment import PROJECT, Reader
from bot.readers import read_all
from bot.settings import Settings, SettingsError
from db.privacy.tombstones import KEY_FILE_NAME

# Read by docker-compose.yml alone.
OF_COMPOSE = frozenset(
    {
        "PGADMIN_DEFAULT_EMAIL",
        "PGADMIN_PASSWORD_FILE",
        "PGADMIN_PORT",
    }
)
OURS = re.compile(
    "(TWILIO|OPENAI|LLM|EMBEDDING|KNOWLEDGE|POSTGRES|RETENTION|BACKUP|ANSWER|PGADMIN"
    "|CONSOLE|ALERT|SMTP|HANDOFF|OPENING|TRANSCRIPTION|SPEECH|MEMORY"
    "|REMEMBER|ANSWERS|BUDGET)_"
)
# What Twilio's SDK and PostgreSQL's image read, and what Docker and Kubernetes set for
# containers beside us.
OF_OTHERS = re.compile(
    "TWILIO_(REGION|EDGE)|POSTGRES_(INITDB_.*|HOST_AUTH_METHOD)"
    "|.*_(SERVICE|TCP|UDP|ENV)(_.*)?"
)
LIKE = 0.9
SHORTEST = 6  # shorter names are like each other by chance
COMPOSE_PORTS = {
    "PORT": "8000",
    "POSTGRES_PORT": "5432",
    "PGADMIN_PORT": "5050",
    "CONSOLE_PORT": "8002",
}
# Docker puts secrets there for the one user that there is.
OF_DOCKER = Path("/run/secrets")


def find_cautions(environment: Mapping[str, str], env_file: Path) -> Iterator[str]:
    """Yield a sentence for each; no value is told.

    `environment` holds what `.env` says as well.
    """
    yield from _strangers(environment)
    yield from _ports_of_compose(environment)
    with suppress(SettingsError):  # which tells of its own what is wrong
        yield from find_doubts(Settings.from_env(environment))
    for file in _files(environment, env_file):
        if _is_open(file):
            yield (
                f"everybody on this machine can read {file}, which holds secrets: "
                f"chmod 600 '{file}'"
            )


def known_names() -> set[str]:
    """Return all variables that are read, by the bot or by docker-compose.yml."""
    reader = Reader({"POSTGRES_HOST": "db"})  # its companions are read only then
    read_all(reader)
    return reader.asked | OF_COMPOSE


def _strangers(environment: Mapping[str, str]) -> Iterator[str]:
    known = known_names()
    for name in sorted(set(environment) - known):
        if not OF_OTHERS.fullmatch(name):
            meant = _find_meant(name.upper(), sorted(known))
            if meant or OURS.match(name.upper()):
                yield f"nothing reads {name}: {meant or 'see .env.example'}"


def _find_meant(name: str, known: Sequence[str]) -> str | None:
    """Return what was meant, if the name is like one of ours."""
    if name in known:
        return f"write {name}"
    words = name.split("_")
    longer = [k for k in known if OURS.match(name) and _holds(k.split("_"), words)]
    like = get_close_matches(name, known, 1, LIKE if len(name) >= SHORTEST else 1)
    best = like or sorted(longer, key=len)
    return f"is {best[0]} meant?" if best else None


def _holds(known: Sequence[str], words: Sequence[str]) -> bool:
    return len(words) > 1 and all(word in known for word in words)


def _ports_of_compose(environment: Mapping[str, str]) -> Iterator[str]:
    """Whoever sets the others uses Compose, which gives them all on one machine."""
    chosen = any(environment.get(name, "").strip() for name in list(COMPOSE_PORTS)[1:])
    if not chosen or environment.get("POSTGRES_HOST", "").strip():
        return
    taken: dict[str, str] = {}
    for name, usual in COMPOSE_PORTS.items():
        port = environment.get(name, "").strip() or usual
        if port in taken:
            yield f"{name} is the port of {taken[port]}, too: Compose can't give both"
        taken.setdefault(port, name)


def _files(environment: Mapping[str, str], env_file: Path) -> Iterator[Path]:
    yield env_file
    for name in ("POSTGRES_PASSWORD_FILE", "CONSOLE_SECRET_KEY_FILE", "BOT_MCP"):
        if named := environment.get(name, "").strip():
            yield Path(named)
    folder = environment.get("DATA_FOLDER", "").strip() or PROJECT / ".data"
    yield Path(folder) / KEY_FILE_NAME


def _is_open(file: Path) -> bool:
    """Tell whether every user of the machine can read or change a file."""
    try:
        place = file.resolve(strict=True)
        mode = place.stat().st_mode
        closed = any(
            not parent.stat().st_mode & stat.S_IXOTH for parent in place.parents
        )
    except (OSError, ValueError):
        return False
    of_docker = OF_DOCKER in place.parents
    return bool(mode & (stat.S_IROTH | stat.S_IWOTH)) and not closed and not of_docker
