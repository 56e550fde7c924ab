"""pg_dump that fits the server, among those that are installed."""

from pathlib import Path

import pytest

from db.backups.programs import find_program
from db.embedded.programs import bin_folder
from db.errors import OperatorError


def install(root: Path, *majors: int) -> list[Path]:
    """Install programs that say what version they are."""
    for major in majors:
        program = root / str(major) / "pg_dump"
        program.parent.mkdir()
        program.write_text(
            f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.2 (Debian)'\n"
        )
        program.chmod(0o755)
    return [root / str(major) for major in majors]


@pytest.mark.parametrize(
    ("installed", "found"), [((14, 16, 17), 16), ((18, 17), 17), ((16,), 16)]
)
def test_the_same_major_comes_first_then_the_nearest_newer_one(
    installed: tuple[int, ...], found: int, tmp_path: Path
) -> None:
    folders = install(tmp_path, *installed)
    assert find_program("pg_dump", 16, folders) == (
        tmp_path / str(found) / "pg_dump",
        found,
    )


def test_an_older_one_does_not_do(tmp_path: Path) -> None:
    folders = install(tmp_path, 14, 15)
    with pytest.raises(OperatorError, match=r"16 server \(found: 14, 15\): install"):
        find_program("pg_dump", 16, folders)


def test_none_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="apt-get install postgresql-client-16"):
        find_program("pg_dump", 16, [tmp_path, tmp_path / "gone"])


def test_a_program_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken, whole = install(tmp_path, 16, 17)
    (broken / "pg_dump").write_text("#!/no/such/interpreter\n")
    assert find_program("pg_dump", 16, [broken, whole])[1] == 17


def test_the_wheels_fits_the_embedded_server() -> None:
    assert find_program("pg_restore", 16) == (bin_folder() / "pg_restore", 16)
