"""Folders of metrics: what killed processes left goes, what is in use stays."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.serving.metrics_folder import PREFIX, make_folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_next_start_sweeps_what_killed_processes_left(place: Path) -> None:
    ours, lock = make_folder()
    left, given_up = make_folder()
    (left / "counter_7.db").write_text("numbers")
    given_up.close()  # as the kernel does for a killed process
    young, elsewhere = place / f"{PREFIX}young", place / "elsewhere"
    old = place / f"{PREFIX}of-older-code"
    for folder in (young, elsewhere, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    new, new_lock = make_folder()
    assert not left.exists()
    assert not old.exists()
    assert all(folder.exists() for folder in (ours, young, elsewhere, new))
    lock.close()
    new_lock.close()
