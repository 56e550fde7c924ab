"""MEDIA_OUT: files of the folder itself, and nothing that a name could lead to."""

import os
from pathlib import Path

import pytest

from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import NotSendableError
from tests.bot.media.outgoing import files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    (made / "menu.pdf").write_bytes(files.PDF)
    (tmp_path / "secret.pdf").write_bytes(files.PDF)
    (made / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (made / "beneath").mkdir()
    (made / "beneath" / "a.pdf").write_bytes(files.PDF)
    (made / ".hidden.pdf").write_bytes(files.PDF)
    os.mkfifo(made / "pipe.pdf")
    return made


def test_a_file_of_the_folder_is_found(folder: Path) -> None:
    found = MediaFolder(folder).find("menu.pdf")
    assert found is not None
    assert (found.kind.media_type, found.content) == ("application/pdf", files.PDF)


@pytest.mark.parametrize(
    "name",
    [
        "none.pdf", "link.pdf", "beneath", "beneath/a.pdf", ".hidden.pdf", "pipe.pdf",
        "../secret.pdf", "..", ".", "", "a\0b", "%2e%2e/secret.pdf",
    ],
    ids=range(12),
)  # fmt: skip
def test_nothing_else_is(folder: Path, name: str) -> None:
    assert MediaFolder(folder).find(name) is None


def test_what_whatsapp_does_not_take_is_told(folder: Path) -> None:
    (folder / "page.pdf").write_bytes(files.HTML)
    (folder / "huge.pdf").write_bytes(files.PDF + bytes(16 * 1024 * 1024))
    for name in ("page.pdf", "huge.pdf"):
        with pytest.raises(NotSendableError):
            MediaFolder(folder).find(name)
