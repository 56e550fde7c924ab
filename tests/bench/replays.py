"""`python -m tests.bench.replays`: how long replays take, and how much memory.

Answers of a scripted model are replayed by the command itself, in a process of its own;
the model is another process, so that what it keeps of requests counts for nobody.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.whatsapp.text.parts import with_parts
from db import schema
from db.chats import PostgresChatStore
from db.embedded.server import EmbeddedPostgres
from db.records import Making, Reply
from tests.db.sql import opened, take_in
from tests.house import eventually
from tests.ports import free_port
from tests.records import reply_turn, said

SIZES = (100, 500, 1000)
TURNS_A_CHAT = 20
ROOT = Path(__file__).parents[2]


def main() -> None:
    """Make the past, replay more and more of it, and print a line for each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with EmbeddedPostgres(folder / "data") as server, _model() as model:
            _make_past(server.url, max(SIZES))
            for size in SIZES:
                seconds, kilobytes = _replay(server.url, model, folder, size)
                print(f"{size:>5} answers  {seconds:6.1f} s  {kilobytes:>7,} KB")


def _make_past(url: str, number: int) -> None:
    with opened(url) as database:
        schema.upgrade(database)
        store = PostgresChatStore(database, timedelta(days=1))
        making = Making(prompt="You help.", model="scripted")
        for at in range(number):
            text = f"What does loaf number {at} cost, and do you deliver it?"
            question = said(text, f"whatsapp:+1555123{at // TURNS_A_CHAT:04d}")
            chat_id = take_in(store, question)
            turn = reply_turn(f"You said: {text}", in_reply_to=(question.message_sid,))
            reply = Reply(turn=replace(turn, model="scripted"), making=making)
            assert store.record_reply(chat_id, with_parts(reply))


@contextmanager
def _model() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.scripted_llm", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as running:
        try:
            import requests  # noqa: PLC0415

            def is_up() -> bool:
                try:
                    url = f"http://127.0.0.1:{port}/v1/models"
                    return requests.get(url, timeout=5).ok
                except requests.RequestException:
                    return False

            eventually(is_up)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            running.terminate()


def _replay(url: str, model: str, folder: Path, size: int) -> tuple[float, int]:
    """Replay so many answers; return the seconds, and the most memory in KB."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "DATA_FOLDER": str(folder),
        "OPENAI_BASE_URL": model,
        "OPENAI_API_KEY": "sk-of-the-bench",
    }
    command = ["-m", "bot", "replay", "--since", "1d", "--yes", "--limit", str(size)]
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    told = child.stdout.read() if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, told
    assert f"{size:,} the same, 0 otherwise" in told, told[-500:]
    return time.monotonic() - began, used.ru_maxrss


if __name__ == "__main__":
    main()
