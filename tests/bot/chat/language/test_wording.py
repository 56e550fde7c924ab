"""What an operator sets of languages."""

from pathlib import Path

import pytest

from bot.chat.language.wording import Wording, read_wording
from bot.environment import Reader


def read(**environment: str) -> tuple[Wording, dict[str, str]]:
    reader = Reader(environment)
    return read_wording(reader), reader.problems


def test_unset_is_english_as_it_stands_without_a_disclosure() -> None:
    assert read() == (Wording("en", {}, discloses=False), {})


def test_all_of_it_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "es.po").write_text('msgid "later"\nmsgstr "luego"\n')
    wording, problems = read(
        DEFAULT_LANGUAGE="pt",
        DISCLOSE_ASSISTANT="first",
        SENTENCES_FOLDER=str(tmp_path),
    )
    assert (wording.default, wording.discloses, problems) == ("pt", True, {})
    assert wording.changed == {"es": {"later": "luego"}}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DEFAULT_LANGUAGE", "it", "must be one of en, es, pt, de, fr, hi, ar, id"),
        ("DEFAULT_LANGUAGE", "ES", "must be one of en, es, pt, de, fr, hi, ar, id"),
        ("DISCLOSE_ASSISTANT", "always", "must be off or first"),
        ("SENTENCES_FOLDER", "/dev/null", "must be a folder with files such as es.po"),
    ],
)
def test_what_is_no_value_is_told(name: str, value: str, told: str) -> None:
    assert read(**{name: value})[1] == {name: told}


def test_not_more_faults_are_told_than_anybody_reads(tmp_path: Path) -> None:
    lines = (f'msgid "none {n}"\nmsgstr "x"\n' for n in range(30))
    (tmp_path / "es.po").write_text("\n".join(lines))
    told = read(SENTENCES_FOLDER=str(tmp_path))[1]["SENTENCES_FOLDER"].split("; ")
    assert told[0] == "es.po, line 1: no sentence of the bot's has this msgid"
    assert told[10:] == ["and 20 more"]
