"""What the servers of `make run` are started with, and how they are told to end."""

import signal
import subprocess
import sys
import time

from bot.local.serving import environment_of
from tests.house import PATIENCE

# Waits in turns of a millisecond, until nothing more comes to it.
WAITING = """
import sys
from threading import Thread
from bot.local.serving import StopSignal

stop = StopSignal()
stop.heed()
reader = Thread(target=sys.stdin.read, daemon=True)
reader.start()
print("waiting", flush=True)
while reader.is_alive():
    stop.wait(0.001)
print("stopped" if stop.is_set() else "nothing came")
"""
# Several within each of its turns: each meets it somewhere else.
SIGNALS = 1000
EACH_SECONDS = 0.0007


def test_a_server_knows_its_own_key_and_no_secret_of_the_bots() -> None:
    given = {
        "PATH": "/usr/bin",
        "LC_ALL": "C.UTF-8",
        "OPENAI_API_KEY": "sk-real",
        "TWILIO_AUTH_TOKEN": "token",
        "DATABASE_URL": "postgresql://bot:secret@db/bot",
        "ERASURE_KEY": "key",
    }
    known = environment_of(given, EMBEDDING_API_KEY="its own")
    assert known == {
        "PATH": "/usr/bin",
        "LC_ALL": "C.UTF-8",
        "EMBEDDING_API_KEY": "its own",
    }


def test_no_signal_meets_the_wait_for_it_so_that_both_wait_for_good() -> None:
    # With an event of `threading` instead, this process stood still each time.
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", WAITING], stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "waiting\n"
            for _ in range(SIGNALS):
                process.send_signal(signal.SIGINT)
                time.sleep(EACH_SECONDS)
            assert process.communicate(timeout=PATIENCE)[0] == "stopped\n"
        finally:
            process.kill()
