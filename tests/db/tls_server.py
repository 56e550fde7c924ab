"""Debian's PostgreSQL, which is built with TLS, under a certificate made here."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from db.embedded.accounts import account_owning
from db.embedded.processes import start_child
from tests.house import eventually
from tests.ports import free_port

PROGRAMS = Path("/usr/lib/postgresql")
OPENSSL = shutil.which("openssl")
PASSWORD = "word-of-the-test"
SECONDS = 30
HBA = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "ssl=on",
    "ssl_cert_file=server.crt", "ssl_key_file=server.key",
)  # fmt: skip


def find_programs() -> Path | None:
    """Return the newest PostgreSQL of the system, 15 or later."""
    found = [folder for folder in PROGRAMS.glob("*/bin") if _is_usable(folder)]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def _is_usable(folder: Path) -> bool:
    return int(folder.parent.name) >= 15 and (folder / "initdb").exists()


@dataclass(frozen=True, slots=True)
class TlsServer:
    """Speaks TLS only; its certificate is for the host name `localhost`."""

    port: int
    authority: Path
    another_authority: Path
    log: Path

    def url(self, host: str = "localhost", **parameters: object) -> str:
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://bot:{PASSWORD}@{host}:{self.port}/postgres?{query}"


@contextmanager
def running(programs: Path, *settings: str) -> Iterator[TlsServer]:
    """Start the server in a folder of its own; call it from the main thread."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        _give_away(data)
        _make_cluster(programs, data, folder / "log")
        server = TlsServer(
            free_port(), folder / "ca.crt", folder / "other.crt", folder / "log"
        )
        _make_certificates(folder, data)
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(server.port)]
        command += [
            word for setting in (*SETTINGS, *settings) for word in ("-c", setting)
        ]
        with (folder / "log").open("ab") as log:
            process = start_child(command, account_owning(data), log)
        try:
            eventually(lambda: process.poll() is not None or _accepts(server))
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            process.terminate()
            process.wait(SECONDS)


def _make_cluster(programs: Path, data: Path, log: Path) -> None:
    (data.parent / "password").write_text(PASSWORD)
    command = [str(programs / "initdb"), "-D", str(data), "-U", "bot", "--no-sync"]
    command += ["--auth=scram-sha-256", f"--pwfile={data.parent / 'password'}"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8"]
    with log.open("ab") as output:
        done = start_child(command, account_owning(data), output).wait(SECONDS)
    assert done == 0, log.read_text()


def _make_certificates(folder: Path, data: Path) -> None:
    """Two authorities, and the server's certificate by the first one."""
    for name in ("ca", "other"):
        _openssl(folder, "req", "-x509", "-subj", f"/CN={name}", *_new_key(name))
    request = ["req", "-subj", "/CN=localhost", *_new_key("server")]
    _openssl(folder, *request[:-1], "server.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    signing = ["x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key"]
    signing += ["-CAcreateserial", "-days", "2", "-extfile", "names"]
    _openssl(folder, *signing, "-out", "server.crt")
    for name in ("server.crt", "server.key"):
        shutil.copy(folder / name, data)
        (data / name).chmod(0o600)
        _give_away(data / name)
    (data / "pg_hba.conf").write_text(HBA)


def _new_key(name: str) -> tuple[str, ...]:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    return (*curve, "-keyout", f"{name}.key", "-out", f"{name}.crt")


def _openssl(folder: Path, *arguments: str) -> None:
    assert OPENSSL
    command = [OPENSSL, *arguments]
    subprocess.run(
        command, cwd=folder, check=True, capture_output=True, timeout=SECONDS
    )


def _give_away(path: Path) -> None:
    """Let the account own it that the server runs as."""
    account = account_owning(path)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _accepts(server: TlsServer) -> bool:
    try:
        with psycopg.connect(server.url(sslmode="require"), connect_timeout=SECONDS):
            return True
    except psycopg.OperationalError:
        return False
