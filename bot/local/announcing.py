"""With which settings a run works, for commands beside it: in the data's folder."""

import json
from collections.abc import Mapping
from pathlib import Path

from db.files import write_whole

ANNOUNCED = "run.json"


def announce(
    folder: Path, given: Mapping[str, str], environment: Mapping[str, str]
) -> None:
    """Leave word of what a run set beside what was given; its owner alone reads it."""
    own = {name: v for name, v in environment.items() if given.get(name) != v}
    write_whole(folder / ANNOUNCED, json.dumps(own))


def find_announced(folder: Path) -> Mapping[str, str]:
    """Return it; empty where no run uses this folder. One that was killed is away."""
    try:
        found = json.loads((folder / ANNOUNCED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in found.items()}
