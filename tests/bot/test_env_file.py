"""The .env file, and .env.example, which documents every variable."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from dotenv import dotenv_values

from bot.environment import load_environment
from bot.settings import Settings
from db.errors import OperatorError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
COMPOSE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"# ([A-Z][A-Z_]+)=(.*)")


class Entry(NamedTuple):
    """A variable as .env.example documents it."""

    name: str
    default: str
    text: str
    example: str


class NotingEnvironment(dict[str, str]):
    """An environment that remembers what was looked up in it."""

    def __init__(self, **values: str) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


def entries() -> Iterator[Entry]:
    for block in re.split(r"\n\n+", EXAMPLE.read_text(encoding="utf-8")):
        lines = block.splitlines()
        if found := VARIABLE.fullmatch(lines[-1]):
            *text, example = [line.removeprefix("# ") for line in lines[:-1]]
            yield Entry(found[1], found[2], " ".join(text), example)


def names_that_the_code_reads() -> set[str]:
    # The database's pieces are looked at only where there is a host.
    environment = NotingEnvironment(POSTGRES_HOST="db")
    Settings.from_env(environment)
    return environment.names


def names_that_compose_reads() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE.read_text()))


def as_env_file(folder: Path, lines: list[str]) -> dict[str, str]:
    file = folder / ".env"
    file.write_text("\n".join(lines), encoding="utf-8")
    return load_environment({}, file)


def test_the_example_documents_exactly_what_is_read() -> None:
    documented = [entry.name for entry in entries()]
    assert sorted(documented) == sorted(
        names_that_the_code_reads() | names_that_compose_reads()
    )


def test_every_variable_is_explained_and_has_an_example_that_differs() -> None:
    for name, default, text, example in entries():
        assert re.search(r"[a-z]{3}.*[.:]$", text), f"{name} has no sentence"
        assert re.fullmatch(rf"Example: {name}=\S.*", example), f"{name} has no example"
        assert example.partition("=")[2] != default, f"{name}'s example is its default"


def test_the_example_as_it_is_sets_nothing() -> None:
    assert dotenv_values(EXAMPLE) == {}


def test_the_defaults_that_the_example_shows_hold(tmp_path: Path) -> None:
    shown = as_env_file(tmp_path, [f"{e.name}={e.default}" for e in entries()])
    assert Settings.from_env(shown) == Settings.from_env({})


def test_a_default_that_the_code_has_is_shown() -> None:
    told_in_words = {"PUBLIC_BASE_URL", "SYSTEM_PROMPT", "DATA_FOLDER"}
    told_in_words |= {"POSTGRES_PASSWORD_FILE", "CONSOLE_URL"}
    shown = {entry.name for entry in entries() if entry.default}
    defaults = re.findall(r"\$\{([A-Z_]+):-[^$}]+\}", COMPOSE.read_text())
    assert set(defaults) <= shown | told_in_words
    assert not told_in_words & shown
    assert all("efault" in e.text for e in entries() if e.name in told_in_words)


def test_the_examples_are_right(tmp_path: Path) -> None:
    # Files that are not there, and one of two ways to give the same.
    skipped = {"SYSTEM_PROMPT_FILE", "POSTGRES_PASSWORD_FILE", "DATABASE_URL"}
    skipped |= {"CONSOLE_SECRET_KEY_FILE", "MEDIA_OUT", "BOT_MCP"}
    skipped |= {"CONSOLE_SECRET_KEY_FILE", "SENTENCES_FOLDER", "PRICES"}
    lines = [
        entry.example.removeprefix("Example: ")
        for entry in entries()
        if entry.name not in skipped
    ]
    # Without prices there are no budgets.
    lines.append(f"PRICES={ROOT / 'docs' / 'prices.example.toml'}")
    settings = Settings.from_env(as_env_file(tmp_path, lines))
    assert settings.twilio is not None
    assert settings.twilio.auth_tokens == ("current-token", "next-token")
    assert settings.database_url is not None
    assert settings.llm is not None
    assert "'" not in settings.policy.system_prompt


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1\nWEB_THREADS=2\nLOG_LEVEL=DEBUG\n")
    loaded = load_environment({"PORT": "3", "LOG_LEVEL": ""}, file)
    assert loaded == {"PORT": "3", "WEB_THREADS": "2", "LOG_LEVEL": ""}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'p@ss #1 $HOME ${PATH}'", "p@ss #1 $HOME ${PATH}"),
        ("plain # a comment", "plain"),
        ('"two\nlines"', "two\nlines"),
        ("\u00e9", "\u00e9"),
        ("", ""),
    ],
)
def test_values_of_the_file_are_read_as_written(
    tmp_path: Path, written: str, value: str
) -> None:
    file = tmp_path / ".env"
    file.write_text(f"\ufeffNAME={written}\nNOT_A_VALUE\n", encoding="utf-8")
    assert load_environment({}, file) == {"NAME": value}


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert load_environment({"A": "b"}, tmp_path / ".env") == {"A": "b"}


def test_a_file_that_is_no_text_is_told_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"TOKEN=planted\xff\n")
    with pytest.raises(OperatorError, match="must be a text file in UTF-8") as caught:
        load_environment({}, file)
    assert "planted" not in str(caught.value)
