"""The database's password in a file, as Docker's secrets bring it; a bad `.env`."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.environment import Reader
from bot.readers import read_database_url
from db.address import parse_url

ROOT = Path(__file__).parents[2]
PLANTED = "planted-5ecret/%value"
HOST = {"POSTGRES_HOST": "db"}


def test_the_password_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a word/of:one's own\n")
    read = Reader({**HOST, "POSTGRES_PASSWORD_FILE": str(file)})
    assert parse_url(str(read_database_url(read))).password == "a word/of:one's own"
    assert read.problems == {}


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    read = Reader({**HOST, "POSTGRES_PASSWORD_FILE": str(file)})
    read_database_url(read)
    assert "can be read" in read.problems["POSTGRES_PASSWORD_FILE"]


def test_a_password_twice_is_one_too_many(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("word")
    given = {"POSTGRES_PASSWORD": "other", "POSTGRES_PASSWORD_FILE": str(file)}
    read = Reader({**HOST, **given})
    read_database_url(read)
    assert "keep one" in read.problems["POSTGRES_PASSWORD_FILE"]
    assert "other" not in str(read.problems)


def test_a_database_url_needs_no_file() -> None:
    url = "postgresql://bot:word@db/chats"
    read = Reader({"DATABASE_URL": url, "POSTGRES_PASSWORD_FILE": "/no/such/file"})
    assert read_database_url(read) == url
    assert read.problems == {}


def test_a_bad_env_stops_a_process_with_one_message_and_no_value() -> None:
    environment = {"PORT": PLANTED, "LLM_TEMPERATURE": PLANTED, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "bot", "settings", "check"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "PORT: must be a whole number" in ended.stderr
    assert "LLM_TEMPERATURE: must be a number from 0 to 2" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert PLANTED not in ended.stderr + ended.stdout
