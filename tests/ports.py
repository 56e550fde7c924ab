"""Ports of this machine that a test's servers may have."""

import os
import socket

# Below the ports that a system gives to whoever asks for any: between a look and a
# start, which takes a process seconds, no client and no other server gets one of these.
FIRST = 10_000
# Of each worker of pytest's, so that none chooses what another one has chosen.
EACH = 1_000
# Where nobody looks for a free port: a server that was stopped finds its own again.
OWN_FIRST, OWN_EACH = 21_000, 500
MOST_WORKERS = 11
RUN = os.getppid()  # the same for all its workers
_tried = os.getpid()


def _worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def own_port() -> int:
    """Return a port that this worker's tests alone look at first, of this run alone."""
    return OWN_FIRST + OWN_EACH * ((4 * RUN + _worker_number()) % (2 * MOST_WORKERS))


def free_port() -> int:
    """Return a port on which nothing listens, and another one each time."""
    global _tried  # noqa: PLW0603  (each is given once, whoever asks)
    first = FIRST + EACH * (_worker_number() % MOST_WORKERS)
    for _ in range(EACH):
        _tried += 1
        if _is_free(first + _tried % EACH):
            return first + _tried % EACH
    raise AssertionError(f"none of {EACH} ports from {first} on is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
