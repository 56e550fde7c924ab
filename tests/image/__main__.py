"""Try the image without an engine: build it, start, migrate, serve, back up.

The Dockerfile's steps run in a root that debootstrap makes; then Compose's services run
in it with what Compose gives them, against the PostgreSQL of `make run`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from db.address import parse_url
from db.embedded.server import EmbeddedPostgres
from tests.house import ROOT, House, eventually
from tests.image.roots import Root, beside, build, container, make_base, size_of
from tests.ports import free_port
from tests.test_compose_services import given, understood

BOT_USER = 10001
NEEDED = ("debootstrap", "unshare", "chroot", "mount")
PARTS = ("usr", "opt/bot", "opt/postgresql", "app")
MIB = 1024 * 1024
TOLD = 2000  # characters of what a service said at last


class ContainedHouse(House):
    """The bot as Compose's services in the root; simulator and LLM on this machine."""

    def __init__(self, folder: Path, server: EmbeddedPostgres, root: Root) -> None:
        super().__init__(folder, server.url)
        self._root = root
        self._server = server
        self._mounts = {"/data": folder / "data", "/run/secrets": folder / "secrets"}
        self._ports = {"8000": self.web_port, "8002": free_port()}

    def service(self, name: str) -> dict[str, Any]:
        """Return a service as Compose reads it with this house's settings as .env."""
        wanted = ("OPENAI_", "TWILIO_", "ANSWER_")
        told = {k: v for k, v in self._with_twilio().items() if k.startswith(wanted)}
        told |= {"POSTGRES_USER": "bot", "POSTGRES_PORT": "1", "PORT": "2"}
        told["PUBLIC_BASE_URL"] = self.web_url
        found: dict[str, Any] = understood(self.folder, **told)["services"][name]
        return found

    def variables(self, name: str) -> dict[str, str]:
        """Return what a service's container is given, and where things are here."""
        here = {
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(self._server.port),
            "PORT": str(self._ports["8000"]),
            "CONSOLE_PORT": str(self._ports["8002"]),
        }
        found = given(self.service(name))
        return {k: here.get(k, v) for k, v in found.items()}

    def contained(self, name: str, *words: str) -> list[str]:
        """Return the command of a service's container, or of another one in it."""
        command = [*self._root.entrypoint, *(words or self.service(name)["command"])]
        return container(self._root, command, self.variables(name), self._mounts)

    def is_healthy(self, name: str) -> bool:
        """Run a service's healthcheck in the container that runs."""
        _, *check = self.service(name)["healthcheck"]["test"]
        for theirs, ours in self._ports.items():
            check = [word.replace(f":{theirs}", f":{ours}") for word in check]
        pid = self._processes[name].pid
        entered = beside(self._root, check, self.variables(name), pid)
        return subprocess.run(entered, timeout=60).returncode == 0

    def _spawn(self, name: str, environment: dict[str, str], *arguments: str) -> None:
        if name == "simulator":
            super()._spawn(name, environment, *arguments)
            return
        with (self.folder / f"{name}.out").open("wb") as output:
            self._processes[name] = subprocess.Popen(
                self.contained(name), stdout=output, stderr=output
            )

    def python_version(self) -> str:
        """Return the image's, such as 3.13."""
        told = "import sys; print('%d.%d' % sys.version_info[:2])"
        asked = container(self._root, ["python", "-c", told], {}, {})
        found = subprocess.run(asked, capture_output=True, text=True, check=True)
        return found.stdout.strip()

    def start_beside(self) -> None:
        """Start the console, and the service that makes backups."""
        for name in ("console", "backup"):
            self._spawn(name, {})

    def start_again(self) -> None:
        """Start again what ended, as Compose does."""
        for name, process in list(self._processes.items()):
            if process.poll() is not None:
                self._spawn(name, {})

    def does(self, name: str, *words: str) -> str:
        """Run a service's command to its end; return what it printed."""
        done = subprocess.run(
            self.contained(name, *words), capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            raise SystemExit(f"{name} {words} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout.strip()


@contextmanager
def prepared(folder: Path, root: Root) -> Iterator[ContainedHouse]:
    """Yield the house with its passwords, its volume and an empty database."""
    with EmbeddedPostgres(folder / "server") as server:
        house = ContainedHouse(folder, server, root)
        (folder / "secrets").mkdir()
        password = str(parse_url(server.url).password)
        (folder / "secrets" / "postgres_password").write_text(password)
        for name in understood(folder)["secrets"].keys() - {"postgres_password"}:
            (folder / "secrets" / name).write_text(f"long-enough-word-of-{name}" * 2)
        (folder / "data").mkdir(mode=0o700)
        os.chown(folder / "data", BOT_USER, BOT_USER)
        (root.folder / "run" / "secrets").mkdir(exist_ok=True)
        try:
            yield house
        except AssertionError:
            for told in sorted(folder.glob("*.out")):
                print(f"{told.stem} said: {told.read_text()[-TOLD:]}", flush=True)
            raise
        finally:
            house.close()


def try_it(house: ContainedHouse) -> None:
    """Do what Compose does at a start, then what people do."""
    house.start_simulator()
    version = (ROOT / ".python-version").read_text().strip()
    assert house.python_version() == version
    print(house.does("migrate"))
    house.start_web()
    house.start_worker()
    ana = house.phone()
    ana.says("When do you open?")
    print("a conversation:", ana.hears())
    house.start_beside()
    for name in ("web", "worker", "console", "backup"):
        eventually(lambda name=name: house.is_healthy(name))  # type: ignore[misc]
        print(name, "is healthy", flush=True)
    print(house.does("backup", "db", "shell", "-c", ":inbox"))
    name = house.does("admin", "db", "backup", "by-hand").partition(":")[0]
    print(house.does("admin", "db", "restore", "--yes", name).splitlines()[-1])
    print(house.does("migrate"))
    house.start_again()  # a worker may end when its database is replaced
    ana.says("And on Sunday?")
    print("after the restore:", ana.hears())


def show_size(root: Root) -> None:
    """Tell how large the image's tree is."""
    sizes = ", ".join(f"/{p} {size_of(root.folder / p) / MIB:.0f}" for p in PARTS)
    print(f"The image's tree: {size_of(root.folder) / MIB:.0f} MiB ({sizes}).")


def require_tools() -> None:
    """End with a sentence where this machine can't do it."""
    if missing := [name for name in NEEDED if not shutil.which(name)]:
        sys.exit(
            f"Not found: {', '.join(missing)} (on Debian: apt-get install debootstrap)."
        )
    if os.geteuid() != 0:
        sys.exit("Making a root and changing into it needs root: sudo make image-check")


@click.command()
@click.option(
    "--keep", type=click.Path(path_type=Path),
    help="A folder where the base is kept for the next time.",
)  # fmt: skip
def main(keep: Path | None) -> None:
    """Try the image in a root made by debootstrap, where no engine runs."""
    require_tools()
    with tempfile.TemporaryDirectory(prefix="image-check-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        base = (keep or folder).absolute() / "base"
        base.parent.mkdir(parents=True, exist_ok=True)
        print("The base, by debootstrap:", base, flush=True)
        make_base(base)
        root = build(ROOT / "Dockerfile", base, folder)
        show_size(root)
        (folder / "house").mkdir()
        (folder / "house").chmod(0o755)
        with prepared(folder / "house", root) as house:
            try_it(house)
    print("The image installs, starts, migrates, serves and backs up.")


if __name__ == "__main__":
    main()
