"""Who is where, and by which roads the bot's processes reach the others."""

import random
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from db.embedded.processes import ON_LINUX
from tests.chaos.wires import Cable, Place, Wire

# Below the ports that outgoing connections use: a killed server gets its own again.
PORTS = range(20_000, 32_000)
ADDRESSES = ("DATABASE_URL", "OPENAI_BASE_URL", "TWILIO_API_BASE_URL")


class Roads:
    """The web processes' addresses, what is before them, and cables to machines.

    Each web has an address of its own where the system has several; one road leads to
    all of them in turn, as a load balancer's.
    """

    def __init__(self, web_ports: Sequence[int], web_database_url: str) -> None:
        self.webs: dict[str, Place] = {
            numbered("web", n): (f"127.0.0.{n + 1 if ON_LINUX else 1}", port)
            for n, port in enumerate(web_ports)
        }
        self._wires: list[Wire] = []
        self._detours: dict[str, dict[str, str]] = {}
        self._own = {
            name: {"PORT": str(port), "DATABASE_URL": web_database_url}
            for name, (_, port) in self.webs.items()
        }
        self.public_url = local(web_ports[0])
        if len(web_ports) > 1:
            self.public_url = local(self._lay(list(self.webs.values())).place[1])

    def lay_cable(self, name: str, urls: Sequence[str]) -> Cable:
        """Have a process reach these addresses over a cable of its own."""
        ports = [urlsplit(url).port or 0 for url in urls]
        wires = [self._lay([("127.0.0.1", port)]) for port in ports]
        self._detours[name] = {
            f":{port}": f":{wire.place[1]}"
            for port, wire in zip(ports, wires, strict=True)
        }
        return Cable(wires)

    def as_seen_by(self, name: str, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with the addresses that this process gets."""
        seen = {**environment, **self._own.get(name, {})}
        for port, detour in self._detours.get(name, {}).items():
            for variable in ADDRESSES:
                seen[variable] = seen[variable].replace(port, detour)
        return seen

    def close(self) -> None:
        for wire in self._wires:
            wire.close()

    def _lay(self, targets: Sequence[Place]) -> Wire:
        self._wires.append(Wire(targets))
        return self._wires[-1]


def numbered(name: str, number: int) -> str:
    """Return the name of the first, the second ... of its kind, counted from 0."""
    return f"{name}-{number + 1}" if number else name


def local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def free_ports(count: int) -> list[int]:
    """Choose ports that nothing listens on."""
    found: list[int] = []
    candidates = random.sample(PORTS, k=200)
    while len(found) < count:
        port = candidates.pop()
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
    return found
