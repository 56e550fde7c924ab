"""The child that reads: it tells what a file says, or why it can't, and is gone."""

import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL

import pytest

from bot.knowledge.reading import Block, UnreadableError, read_document
from bot.knowledge.reading.limits import Limits
from tests.bot.knowledge.reading.pdf_files import Put, lines, pdf, scanned, table
from tests.house import PATIENCE, eventually

ENDLESS = pdf(*[lines(60, 60, ["much to read " * 8] * 60)] * 400)
GIVES_UP = """
import sys
from bot.knowledge.reading.confinement import give_up_all
from bot.knowledge.reading.limits import Limits
give_up_all(Limits(), 2**30)
"""
ATTEMPTS = {
    "the network": "import socket; socket.create_connection(('127.0.0.1', {port}))",
    "another program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a new file": "open({file!r}, 'wb', buffering=0).write(b'x')",
    "a file that is there": "open({there!r}, 'r+b')",
    "less of a file": "import os; os.truncate({there!r}, 0)",
    "a link": "import os; os.symlink('/', {file!r})",
    "our end": "import os; os.kill(os.getppid(), 0)",
    "its bounds": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "much memory": "bytearray(2**31)",
}


def test_a_child_reads_a_document() -> None:
    reading = read_document("# Öffnung\n\nVon 7-18 Uhr.".encode(), "hours.md")
    assert (reading.file_type, reading.title) == ("markdown", "Öffnung")
    assert reading.blocks == (
        Block("heading", "Öffnung", 1),
        Block("paragraph", "Von 7-18 Uhr."),
    )


def test_a_child_tells_why_it_can_not() -> None:
    with pytest.raises(UnreadableError, match="the file is empty"):
        read_document(b"", "empty.txt")
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        read_document(bytes(2**20 + 1), "large.txt", limits=Limits(content=2**20))


def children() -> set[int]:
    """The processes that this one has started."""
    files = Path("/proc/self/task").glob("*/children")
    return {int(pid) for file in files for pid in file.read_text().split()}


def test_a_child_that_takes_too_long_is_killed_and_knows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "a secret of the tests")
    before, told = children(), []

    def read() -> None:
        with pytest.raises(UnreadableError) as caught:
            read_document(ENDLESS, "endless.pdf", limits=Limits(seconds=3))
        told.append(str(caught.value))

    reading = threading.Thread(target=read)
    reading.start()
    (child,) = eventually(lambda: children() - before)
    known = eventually(lambda: environment_of(child))
    reading.join()
    assert "secret" not in known
    assert "LANG=C.UTF-8" in known
    assert told == [
        "reading the file takes too long (more than 3 s): split it into smaller files"
    ]
    assert children() == before


def environment_of(pid: int) -> str:
    """What a process was started with; nothing while it still is our copy."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    if b"bot.knowledge.reading" not in command:
        return ""
    return Path(f"/proc/{pid}/environ").read_text()


@pytest.mark.parametrize(
    ("content", "limits", "told"),
    [
        (ENDLESS, Limits(cpu_seconds=1), r"too long \(more than 1 s\)"),
        (b"text " * 2**22, Limits(memory=120 * 2**20), "more than 120 MB of memory"),
        (b"A line of a text.\n\n" * 100, Limits(output=100), "broke the program"),
    ],
)
def test_a_child_that_takes_too_much_is_ended(
    content: bytes, limits: Limits, told: str
) -> None:
    before = children()
    with pytest.raises(UnreadableError, match=told):
        read_document(content, "much", limits=limits)
    assert children() == before


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_child_may_do_nothing_else(attempt: str, tmp_path: Path) -> None:
    file, there = tmp_path / "new", tmp_path / "there"
    there.write_text("as it was")
    tried = ATTEMPTS[attempt].format(port=9, file=str(file), there=str(there))
    run = subprocess.run(
        [sys.executable, "-c", f"{GIVES_UP}\n{tried}"], capture_output=True, text=True
    )
    last = run.stderr.strip().splitlines()[-1]
    refused = "PermissionError", "OSError", "MemoryError", "ValueError"
    assert last.startswith(refused), last
    assert not file.is_symlink()
    assert not file.exists() or not file.read_text()
    assert there.read_text() == "as it was"


def test_a_child_ends_itself_where_the_kernel_does_not() -> None:
    watched = "from bot.knowledge.reading.confinement import watch_over"
    much = f"{watched}; import time; watch_over(2**20); time.sleep(30)"
    assert subprocess.run([sys.executable, "-c", much]).returncode == -SIGKILL
    orphan = f"{watched}; import time; watch_over(2**40); print(); time.sleep(30)"
    parent = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-uc", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
"""
    # Both write there: it ends with the second of them.
    ended = subprocess.run(
        [sys.executable, "-c", parent, orphan], stderr=subprocess.PIPE, timeout=PATIENCE
    )
    assert ended.returncode == 0


@pytest.mark.skipif(
    find_spec("rapidocr") is None, reason="the extra `ocr` is not installed"
)
def test_a_scanned_page_is_read_with_its_table() -> None:
    rows = [
        ("Item", "Price", "Weight"),
        ("Rye bread", "4.20 EUR", "1000 g"),
        ("Wheat bread", "3.80 EUR", "500 g"),
    ]
    put = [Put(60, 60, "Price list", 24), *table(120, (60, 260, 400), rows, 30)]
    large = [Put(each.x, each.y, each.text, each.size * 1.4) for each in put]
    reading = read_document(scanned(pdf(large)), "scan.pdf")
    assert [block.text for block in reading.blocks] == [
        "Price list",
        "Rye bread: Price 4.20 EUR; Weight 1000 g",
        "Wheat bread: Price 3.80 EUR; Weight 500 g",
    ]
