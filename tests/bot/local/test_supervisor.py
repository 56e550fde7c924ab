"""A child ends with its parent, as it was told, though nobody stopped it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.embedded.processes import ON_LINUX
from tests.house import ROOT, eventually, is_alive

STUBBORN = """
import os, pathlib, signal, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("pid").write_text(str(os.getpid()))
threading.Event().wait(60)
"""
PARENT = """
import os, signal, threading
from bot.local.supervisor import Child
Child("it", ["stubborn"], dict(os.environ), orphaned=signal.SIGKILL).start()
threading.Event().wait(60)
"""


@pytest.mark.skipif(not ON_LINUX, reason="the kernel tells children on Linux only")
def test_a_child_that_would_go_on_ends_with_its_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
        cwd=tmp_path,
    )
    pid = int(eventually(lambda: read(tmp_path / "pid")))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    eventually(lambda: not is_alive(pid))


def read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
