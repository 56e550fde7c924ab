"""What the figures were measured on, and how much memory processes take."""

import os
import platform
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psycopg

KILOBYTES = re.compile(r"^(Pss|Rss|Private_Dirty): +([0-9]+) kB$", re.MULTILINE)
DURABLE = ("fsync", "full_page_writes", "synchronous_commit", "wal_sync_method")


def describe(connection: psycopg.Connection) -> list[str]:
    """Return lines on the machine and on how PostgreSQL commits."""
    system = f"{platform.system()} {platform.release()}"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"Machine: {_cpu_model()}, {os.cpu_count()} cores, {system};"
        f" everything on it, the load too; load average at the start {load}",
        f"Python {platform.python_version()}; {_describe_database(connection)}",
    ]


def memory_of(pids: Iterable[int]) -> dict[str, float]:
    """Return the processes' `Pss`, `Rss` and `Private_Dirty` in MB (Linux).

    Pss shares a page out among all who have it, processes of others included; what is
    private and dirty is each one's own.
    https://www.kernel.org/doc/html/latest/filesystems/proc.html
    """
    total = {"Pss": 0.0, "Rss": 0.0, "Private_Dirty": 0.0}
    for pid in pids:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        for kind, kilobytes in KILOBYTES.findall(told):
            total[kind] += int(kilobytes) / 1024
    return total


def cpu_seconds_of(pids: Iterable[int]) -> float:
    """Return the processor time that processes took so far (Linux).

    Time of children that ended counts for their parent (cutime and cstime):
    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    ticks = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _cpu_model() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return found[1] if found else platform.machine()


def _describe_database(connection: psycopg.Connection) -> str:
    def show(name: str) -> str:
        row = connection.execute(f"SHOW {name}".encode()).fetchone()
        return str(row[0]) if row else "?"

    settings = ", ".join(f"{name} {show(name)}" for name in DURABLE)
    version = show("server_version").split(" ")[0]
    return f"PostgreSQL {version} on the machine's disk: {settings}"
