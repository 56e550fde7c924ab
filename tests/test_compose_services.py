"""What each of Compose's services is given, and nothing beside."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.checks.starts import find_obstacles
from bot.settings import Settings
from tests.bot.test_env_file import names_that_the_code_reads
from tests.test_deploy_files import ROOT, run

APP = {"migrate", "web", "worker", "console", "backup", "admin"}
# What Compose's containers have otherwise, or have none of.
NOT_FOR_COMPOSE = {
    "DATABASE_URL", "POSTGRES_PASSWORD", "STORAGE_BACKEND", "SIMULATOR_PORT",
    "CONSOLE_SECRET_KEY",
}  # fmt: skip
SECRETS = {
    "TWILIO_AUTH_TOKEN": {"web", "worker"},
    "TWILIO_SHARED_KEYS": {"web"},
    "TWILIO_API_KEY_SECRET": {"worker"},
    "OPENAI_API_KEY": {"worker"},
    "SPEECH_API_KEY": {"worker"},
    "ERASURE_KEY": {"worker", "backup", "admin"},
    "POSTGRES_PASSWORD": set[str](),
    "CONSOLE_SECRET_KEY": set[str](),
}
SUPERUSER = ("whatsapp_bot", "postgres_password")
APP_ROLE, OWNER = ("bot_app", "bot_app"), ("bot_owner", "bot_owner")
CONSOLE_ROLE = ("bot_console", "bot_console")


def understood(folder: Path, **dotenv: str) -> dict[str, Any]:
    """Return all of it as Compose understands it."""
    shutil.copy(ROOT / "docker-compose.yml", folder)
    lines = [f"{name}={value}" for name, value in dotenv.items()]
    (folder / ".env").write_text("\n".join(lines))
    every = ("--profile", "*")
    done = run(folder, "docker-compose", *every, "config", "--format=json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def given(service: dict[str, Any]) -> dict[str, str]:
    """Return the variables that a container has."""
    pairs = service.get("environment", {}).items()
    return {name: value for name, value in pairs if value is not None}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The services where .env sets everything that there is, to its own name."""
    dotenv = {name: f"'{name} $x'" for name in names_that_the_code_reads()}
    ports = {"PORT": "8100", "POSTGRES_PORT": "5500", "CONSOLE_PORT": "8102"}
    folder = tmp_path_factory.mktemp("compose")
    services: dict[str, Any] = understood(folder, **dotenv | ports)["services"]
    return services


def test_one_service_builds_the_image_and_no_other_can_wait_for_it(
    full: dict[str, Any],
) -> None:
    assert {name for name in full if "build" in full[name]} == {"migrate"}
    assert {full[name]["image"] for name in APP} == {"whatsapp-llm-bot"}
    assert "pull_policy" not in full["migrate"]
    assert {full[name]["pull_policy"] for name in APP - {"migrate"}} == {"never"}


def test_every_setting_reaches_a_service_as_it_is_written(full: dict[str, Any]) -> None:
    # `config` doubles the $, so that its output can be read again.
    reached = {
        name
        for service in full.values()
        for name, value in given(service).items()
        if value == f"{name} $$x"
    }
    fixed = {"POSTGRES_HOST", "POSTGRES_PORT", "PORT", "DATA_FOLDER", "BACKUP_FOLDER"}
    fixed |= {"POSTGRES_PASSWORD_FILE", "WORKER_HEARTBEAT_FILE"}
    fixed |= {"METRICS_HOST", "WEB_HOST"}
    fixed |= {"CONSOLE_HOST", "CONSOLE_PORT", "CONSOLE_SECRET_KEY_FILE"}
    assert reached | fixed | NOT_FOR_COMPOSE == names_that_the_code_reads()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_given_to_those_who_need_it_alone(
    full: dict[str, Any], name: str
) -> None:
    told = json.dumps(full)
    assert "env_file" not in told
    having = {
        service for service in full if f"{name} $$x" in given(full[service]).values()
    }
    assert having == SECRETS[name]


def test_what_is_not_set_is_left_to_the_defaults(tmp_path: Path) -> None:
    services = understood(tmp_path)["services"]
    assert set(given(services["worker"])) == {
        "DATA_FOLDER", "METRICS_HOST", "POSTGRES_DB", "POSTGRES_HOST",
        "POSTGRES_PASSWORD_FILE", "POSTGRES_PORT", "POSTGRES_USER", "PUBLIC_BASE_URL",
        "WORKER_HEARTBEAT_FILE",
    }  # fmt: skip


def test_every_process_logs_in_as_the_least_role_that_does(tmp_path: Path) -> None:
    services = understood(tmp_path)["services"]
    logins = {
        name: (
            given(service)["POSTGRES_USER"],
            given(service)["POSTGRES_PASSWORD_FILE"].removeprefix("/run/secrets/"),
        )
        for name, service in services.items()
        if name not in {"pgadmin", "proxy"}
    }
    assert logins == {
        "postgres": SUPERUSER, "migrate": SUPERUSER, "admin": SUPERUSER,
        "web": APP_ROLE, "worker": APP_ROLE, "console": CONSOLE_ROLE, "backup": OWNER,
    }  # fmt: skip
    for name in APP:
        assert given(services[name])["POSTGRES_DB"] == "whatsapp_bot"
        assert given(services[name])["POSTGRES_HOST"] == "postgres"


def test_each_service_sees_its_own_passwords_alone(tmp_path: Path) -> None:
    found = understood(tmp_path, POSTGRES_PASSWORD="word-of-the-test")
    seen = {
        name: {secret["source"] for secret in service.get("secrets", [])}
        for name, service in found["services"].items()
    }
    roles = {"bot_owner", "bot_app", "bot_console", "bot_readonly"}
    assert seen == {
        "postgres": {"postgres_password"},
        "migrate": {"postgres_password", *roles},
        "admin": {"postgres_password"},
        "web": {"bot_app"},
        "worker": {"bot_app"},
        "console": {"bot_console", "console_key"},
        "backup": {"bot_owner"},
        "pgadmin": {"pgadmin_password"},
        "proxy": set(),
    }
    for service in found["services"].values():
        for secret in service.get("secrets", []):
            assert secret["target"] == f"/run/secrets/{secret['source']}"
    made = {Path(secret["file"]).name for secret in found["secrets"].values()}
    assert made == {"postgres_password", "pgadmin_password", "console_key", *roles}
    assert "word-of-the-test" not in json.dumps(found)


def test_make_makes_every_password(tmp_path: Path) -> None:
    found = understood(tmp_path)["secrets"].values()
    makefile = re.sub(r"\\\n\s*", "", (ROOT / "Makefile").read_text())
    made = re.search(r"^SECRETS := .*secrets/, (.*)\)$", makefile, re.MULTILINE)
    assert made
    assert {Path(s["file"]).name for s in found} == set(made[1].split())
    assert all(Path(s["file"]).parent == tmp_path / ".secrets" for s in found)


def test_all_start_beside_a_stand_in_for_twilio(tmp_path: Path) -> None:
    here = "http://127.0.0.1:8003"
    dotenv = {
        "TWILIO_ACCOUNT_SID": f"AC{'0a' * 16}", "TWILIO_AUTH_TOKEN": "a-token",
        "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
        "TWILIO_API_BASE_URL": here, "OPENAI_API_KEY": "a-key",
    }  # fmt: skip
    services = understood(tmp_path, **dotenv)["services"]
    word = tmp_path / "word"
    word.write_text("a-long-word-of-the-test" * 2)
    for process in ("web", "worker", "console"):
        found = given(services[process])
        files = {n: str(word) for n in found if n.endswith(("WORD_FILE", "KEY_FILE"))}
        assert find_obstacles(Settings.from_env(found | files), process) == {}


@pytest.fixture
def services(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = understood(tmp_path)["services"]
    return found


def test_what_goes_on_tells_how_it_does(services: dict[str, Any]) -> None:
    lasting = {n for n, s in services.items() if s.get("restart") == "unless-stopped"}
    checked = {n for n, s in services.items() if s.get("healthcheck", {}).get("test")}
    assert lasting == {"postgres", "web", "worker", "console", "backup", "proxy"}
    assert checked == lasting


def test_the_workers_check_believes_a_young_heartbeat_alone(
    services: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "heartbeat"
    _, _, *words = services["worker"]["healthcheck"]["test"]
    assert given(services["worker"])["WORKER_HEARTBEAT_FILE"] in words[1]
    command = [sys.executable, words[0], words[1].replace("/tmp/heartbeat", str(file))]

    def is_healthy() -> bool:
        return subprocess.run(command, capture_output=True).returncode == 0

    assert not is_healthy()
    file.touch()
    assert is_healthy()
    os.utime(file, (time.time() - 120,) * 2)
    assert not is_healthy()


def test_every_container_is_bounded_and_starts_on_one_processor(
    services: dict[str, Any],
) -> None:
    for name, service in services.items():
        assert 2**28 <= int(service["mem_limit"]) <= 2**31, name
        assert 200 <= service["pids_limit"] <= 1200, name
        assert service.get("cpus", 1) <= 1, name
    ranked = ("web", "worker", "console", "backup")
    shares = [services[name]["cpu_shares"] for name in ranked]
    assert len(set(shares)) == len(ranked)
    assert shares == sorted(shares, reverse=True)


def test_each_major_version_of_the_server_has_a_volume_of_its_own(
    services: dict[str, Any],
) -> None:
    found = re.search(r"-pg(\d+)@", services["postgres"]["image"])
    assert found
    volumes = {v["target"]: v["source"] for v in services["postgres"]["volumes"]}
    # 16's had its name before there was a second one.
    name = "postgres_data" if found[1] == "16" else f"postgres{found[1]}_data"
    assert volumes["/var/lib/postgresql/data"] == name
