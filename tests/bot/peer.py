"""The other side of a connection, which says what a test has it say."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.house import PATIENCE

Talk = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
SECONDS = PATIENCE
OPENSSL = shutil.which("openssl")


@dataclass
class Peer:
    """Talks over each connection that comes, in turn, and keeps what it heard first."""

    port: int
    heard: list[str] = field(default_factory=list)


@contextmanager
def listening(
    *talks: Talk, ended: threading.Event | None = None, tls: Path | None = None
) -> Iterator[Peer]:
    """Give each connection its talk, once it has said something; then say `ended`."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(SECONDS)
    peer = Peer(listener.getsockname()[1])

    def serve() -> None:
        for talk in talks:
            try:
                connection, _ = listener.accept()
                with connection, _secured(connection, tls) as secured:
                    peer.heard.append(hear(secured))
                    talk(secured)
            except OSError:
                continue  # who called has gone, or nobody came
        if ended:
            ended.set()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield peer
    finally:
        thread.join()
        listener.close()


def _secured(connection: socket.socket, tls: Path | None) -> socket.socket:
    if tls is None:
        return connection
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls)
    return context.wrap_socket(connection, server_side=True)


def hear(connection: socket.socket) -> str:
    """Return a whole request, however it comes, or what came before it broke off."""
    heard = ""
    while piece := connection.recv(65536):
        heard += piece.decode()
        head, ended, body = heard.partition("\r\n\r\n")
        length = re.search(r"(?i)content-length: (\d+)", head)
        if ended and len(body) >= int(length[1] if length else 0):
            break
    return heard


def says(*words: bytes) -> Talk:
    """Say them in turn; after each but the last, hear another request."""

    def talk(connection: socket.socket) -> None:
        for place, said in enumerate(words):
            if place:
                hear(connection)
            connection.sendall(said)

    return talk


def make_certificate(folder: Path) -> Path:
    """Make one for localhost that vouches for itself, with its key in the same file."""
    assert OPENSSL
    certificate = folder / "localhost.pem"
    command = f"{OPENSSL} req -x509 -nodes -days 2 -subj /CN=localhost -newkey ec"
    command += " -pkeyopt ec_paramgen_curve:prime256v1"
    command += " -addext subjectAltName=DNS:localhost"
    command += " -addext keyUsage=digitalSignature,keyCertSign"
    command += f" -keyout {certificate} -out {folder / 'public.pem'}"
    subprocess.run(command.split(), check=True, capture_output=True, timeout=PATIENCE)
    certificate.write_text(
        certificate.read_text() + (folder / "public.pem").read_text()
    )
    return certificate
