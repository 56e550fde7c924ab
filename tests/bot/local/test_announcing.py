"""What a run leaves word of, for commands beside it."""

import stat
from pathlib import Path

from bot.local.announcing import ANNOUNCED, announce, find_announced


def test_a_run_tells_what_it_set_besides_and_its_owner_alone(tmp_path: Path) -> None:
    given = {"PORT": "8080", "OPENAI_MODEL": "set"}
    announce(tmp_path, given, {**given, "OPENAI_API_KEY": "key", "PORT": "8081"})
    assert find_announced(tmp_path) == {"OPENAI_API_KEY": "key", "PORT": "8081"}
    assert stat.S_IMODE((tmp_path / ANNOUNCED).stat().st_mode) == 0o600


def test_where_no_run_is_nothing_is_told(tmp_path: Path) -> None:
    assert find_announced(tmp_path) == {}
