"""What stops nothing and is hardly meant: strange names, files open to everybody."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.checks.cautions import find_cautions, known_names
from bot.checks.doubts import JUDGES_ITSELF, NO_LOOKUPS, NOT_COUNTED
from tests.bot.test_env_file import entries

NO_FILE = Path("/no/such/.env")


def cautions(**environment: str) -> list[str]:
    return list(find_cautions(environment, NO_FILE))


def test_every_documented_name_is_known() -> None:
    assert known_names() == {entry.name for entry in entries()}
    assert cautions(**{entry.name: "" for entry in entries()}) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OPENAI_MODELL", "is OPENAI_MODEL meant?"),
        ("OPENAI_KEY", "is OPENAI_API_KEY meant?"),
        ("TWILIO_SID", "is TWILIO_ACCOUNT_SID meant?"),
        ("TWILIO_TOKEN", "is TWILIO_AUTH_TOKEN meant?"),
        ("TWILLIO_AUTH_TOKEN", "is TWILIO_AUTH_TOKEN meant?"),
        ("DATABASE_URI", "is DATABASE_URL meant?"),
        ("TIME_ZONE", "is TIMEZONE meant?"),
        ("LOGLEVEL", "is LOG_LEVEL meant?"),
        ("SPEECH_VOICES", "is SPEECH_VOICE meant?"),
        ("ANSWERS_PER_WEEK", "see .env.example"),
        ("openai_api_key", "write OPENAI_API_KEY"),
        ("BACKUP_BUCKET", "see .env.example"),
        ("RETENTION_DAYS_OF_ALL", "see .env.example"),
    ],
)
def test_a_name_like_ours_that_nothing_reads_is_told(name: str, meant: str) -> None:
    assert cautions(**{name: "planted"}) == [f"nothing reads {name}: {meant}"]


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "SPORT", "HTTP_PORT", "WEB_CONCURRENCY", "TEST_DATABASE_URL", "PGHOST",
        "TWILIO_REGION", "POSTGRES_INITDB_ARGS",
        "POSTGRES_PORT_5432_TCP_ADDR", "POSTGRES_SERVICE_HOST", "HOST", "COMPOSE_FILE",
    ],
)  # fmt: skip
def test_names_of_others_are_left_alone(name: str) -> None:
    assert cautions(**{name: "x"}) == []


def test_ports_that_compose_would_give_twice_are_told() -> None:
    told = "POSTGRES_PORT is the port of PORT, too: Compose can't give both"
    assert cautions(POSTGRES_PORT="8000") == [told]
    assert cautions(PORT="5050") == []  # nobody speaks of Compose
    assert len(cautions(PORT="5050", PGADMIN_PORT="5050")) == 1
    assert cautions(POSTGRES_PORT="8000", POSTGRES_HOST="db.example.com") == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_an_env_file_that_everybody_can_read_is_told(folder: Path, mode: int) -> None:
    file = folder / ".env"
    file.write_text("OPENAI_API_KEY=planted\n")
    file.chmod(mode)
    (told,) = find_cautions({}, file)
    assert f"chmod 600 '{file}'" in told
    assert "planted" not in told
    for closed in (0o600, 0o640, 0o400):
        file.chmod(closed)
        assert list(find_cautions({}, file)) == []


def test_so_are_the_files_of_secrets_that_settings_name(folder: Path) -> None:
    password, key = folder / "password", folder / "erasure.key"
    for file in (password, key):
        file.write_text("planted")
        file.chmod(0o644)
    environment = {"POSTGRES_PASSWORD_FILE": str(password), "DATA_FOLDER": str(folder)}
    told = cautions(**environment)
    assert [str(file) in text for file, text in zip((password, key), told, strict=True)]
    linked = folder / "link"
    linked.symlink_to(password)
    assert len(cautions(POSTGRES_PASSWORD_FILE=str(linked))) == 1


def test_a_file_in_a_folder_that_nobody_may_enter_is_closed(folder: Path) -> None:
    secrets = folder / ".secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "password").touch(0o644)
    assert cautions(POSTGRES_PASSWORD_FILE=str(secrets / "password")) == []


def test_memory_that_comes_too_late_is_told() -> None:
    late = {"MEMORY_QUIET_MINUTES": "60", "SESSION_TIMEOUT_MINUTES": "30"}
    (told,) = cautions(**late)
    assert told.startswith("MEMORY_QUIET_MINUTES is above SESSION_TIMEOUT_MINUTES")
    assert cautions(**late, MEMORY="off") == []
    assert cautions(**late | {"SESSION_TIMEOUT_MINUTES": "60"}) == []


def test_a_store_that_takes_nothing_is_told(tmp_path: Path) -> None:
    assert cautions(MEDIA_STORE=str(tmp_path / "new" / "media")) == []
    (tmp_path / "file").touch()
    (told,) = cautions(MEDIA_STORE=str(tmp_path / "file" / "media"))
    assert told.startswith("MEDIA_STORE names no folder that is there")


def test_a_word_of_mcp_json_that_nothing_reads_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    file.touch(0o600)
    shop = {"command": "uvx", "timeout": 5, "alwaysAllow": []}
    file.write_text(json.dumps({"mcpServers": {"shop": shop}}))
    told = "BOT_MCP: nothing reads alwaysAllow, timeout of the server shop"
    assert cautions(BOT_MCP=str(file)) == [told]


def test_servers_without_what_speaks_to_them_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mcp.json"
    file.touch(0o600)
    file.write_text(json.dumps({"mcpServers": {"shop": {"command": "uvx"}}}))
    assert cautions(BOT_MCP=str(file)) == []
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it were not installed
    (told,) = cautions(BOT_MCP=str(file))
    assert "`make mcp`" in told


def test_sql_tools_without_their_database_are_told() -> None:
    assert cautions(BOT_SQL_TOOLS="/etc/bot/sql") == [NO_LOOKUPS]
    url = "postgresql://bot_tools@db.example.com/shop"
    assert cautions(BOT_SQL_TOOLS="/etc/bot/sql", TOOLS_DATABASE_URL=url) == []


def test_prices_that_nobody_counts_by_are_told(tmp_path: Path) -> None:
    given = {"PRICES": "docs/prices.example.toml", "STORAGE_BACKEND": "memory"}
    assert NOT_COUNTED in [*find_cautions(given, tmp_path / ".env")]
    del given["STORAGE_BACKEND"]
    assert NOT_COUNTED not in [*find_cautions(given, tmp_path / ".env")]


def test_a_model_that_would_judge_itself_is_told(tmp_path: Path) -> None:
    given = {"OPENAI_API_KEY": "sk-1", "OPENAI_MODEL": "a", "JUDGE_MODEL": "a"}
    assert JUDGES_ITSELF in [*find_cautions(given, tmp_path / ".env")]
    given["JUDGE_MODEL"] = "b"
    assert JUDGES_ITSELF not in [*find_cautions(given, tmp_path / ".env")]
