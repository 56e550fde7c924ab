"""The child that reads one document, and may do nothing else.

It is asked for `name` and `content_type`, beside the document's bytes. On stdout: a
line of JSON for each block, then one with what else is known (`file_type`); or one with
the `error`, a sentence for people.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec

from bot.knowledge.reading.child import read_asked
from bot.knowledge.reading.confinement import give_up_all
from bot.knowledge.reading.file_types import is_pdf
from bot.knowledge.reading.limits import MEGABYTE
from bot.knowledge.reading.nouns import UnreadableError
from bot.knowledge.reading.parsing import Parsing

TOO_MUCH_MEMORY = (
    "reading the file takes more than {} MB of memory: split it into smaller files"
)


def main() -> None:
    """Read what stdin holds, and tell it on stdout."""
    asked, content, limits = read_asked()
    may_look = is_pdf(content) and find_spec("rapidocr") is not None
    memory = limits.ocr_memory if may_look else limits.memory
    give_up_all(limits, memory)
    try:
        for line in _lines(
            Parsing(content, asked["name"], asked["content_type"], limits)
        ):
            _tell(line)
    except UnreadableError as error:
        _tell({"error": str(error), "fault": error.fault})
    except MemoryError:
        told = TOO_MUCH_MEMORY.format(memory // MEGABYTE)
        _tell({"error": told, "fault": "too much"})
    sys.stdout.flush()
    os._exit(0)  # nothing is left to do; libraries may take their time to tidy up


def _lines(parsing: Parsing) -> Iterator[dict[str, object]]:
    for block in parsing.blocks():
        yield asdict(block)
    yield asdict(parsing.result())


def _tell(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
