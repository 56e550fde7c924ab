"""The judge's server, and the folder of cases."""

from pathlib import Path

import pytest

from bot.settings import Settings
from tests.bot.test_settings_parts import problems_of


def test_the_judge_is_on_the_llm_s_account_or_on_a_server_of_its_own() -> None:
    given = {"OPENAI_API_KEY": "sk-1", "OPENAI_ORG_ID": "org-1", "JUDGE_MODEL": "wise"}
    judge = Settings.from_env(given).judge
    assert judge
    known = (judge.model, judge.api_key, judge.organization, judge.temperature)
    assert known == ("wise", "sk-1", "org-1", 0)
    own = Settings.from_env({**given, "JUDGE_BASE_URL": "http://judge/v1"}).judge
    assert own
    assert (own.base_url, own.api_key, own.organization) == (
        "http://judge/v1", "none", None,
    )  # fmt: skip
    assert problems_of(JUDGE_API_KEY="k") == {"JUDGE_MODEL": "is missing"}
    assert problems_of(JUDGE_MODEL="m") == {
        "JUDGE_BASE_URL": "is missing (or OPENAI_API_KEY)"
    }


def test_nothing_judges_and_no_folder_is_read_unless_it_is_said(tmp_path: Path) -> None:
    unset = Settings.from_env({"OPENAI_API_KEY": "sk-1"})
    assert (unset.judge, unset.cases) == (None, None)
    assert Settings.from_env({"CASES": str(tmp_path)}).cases == tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JUDGE_MODEL", "large # the wise one"),
        ("JUDGE_BASE_URL", "localhost:1"),
        ("JUDGE_BASE_URL", "https://x/v1/chat/completions"),
        ("JUDGE_API_KEY", "key two"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    given = {"OPENAI_API_KEY": "sk-1", "JUDGE_MODEL": "wise", name: value}
    assert name in problems_of(**given)
