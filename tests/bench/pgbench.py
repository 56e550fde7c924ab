"""The database's own limit: pgbench running the ingest statement without the job."""

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psycopg import sql

from db.chats import RECORD_INBOUND, bind_inbound
from db.embedded.programs import bin_folder
from db.records import InboundMessage, Turn
from tests.bench.webhooks import SMALL_TALK, address_of, new_sid

JOB = re.compile(r"SELECT chat_id, procrastinate_defer_jobs_v1.*FROM chat", re.DOTALL)
RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
# What differs from message to message; the rest is bound once.
VARIED = {
    "sid": "'SM' || replace(gen_random_uuid()::text, '-', '')",
    "address": "'whatsapp:+1555' || :user",
    "chat_id": "substr(md5(random()::text), 1, 16)",
}
FIRST_USER = 1_000_000
EXTRA_SECONDS = 30.0


def ingest_script(users: int) -> str:
    """Return the bot's own statement, its job cut off, for so many random users."""
    statement, cuts = JOB.subn("SELECT chat_id FROM chat", RECORD_INBOUND)
    assert cuts == 1, "db.chats defers its job in another way: mend JOB here"
    bare = re.sub(r"--.*", "", statement) % {**_literals(), **VARIED}
    last = FIRST_USER + users - 1
    return f"\\set user random({FIRST_USER}, {last})\n{' '.join(bare.split())};\n"


def _literals() -> dict[str, str]:
    bound = bind_inbound(_message(), timedelta(days=1))
    return {name: sql.Literal(value).as_string() for name, value in bound.items()}


def _message() -> InboundMessage:
    sid, text = new_sid(), f"{new_sid()[:12]} {SMALL_TALK}"
    turn = Turn(role="user", content=text, timestamp=datetime.now(UTC), message_sid=sid)
    return InboundMessage(
        message_sid=sid, address=address_of(0), profile_name="Ana", turn=turn
    )


def run_pgbench(
    folder: Path, url: str, *, clients: int, users: int, seconds: float
) -> float:
    """Return transactions per second."""
    script = folder / "ingest.pgbench"
    script.write_text(ingest_script(users))
    command = [str(bin_folder() / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={clients}", "--jobs=2", f"--time={max(1, round(seconds))}"]
    command += [f"--file={script}", url]
    told = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + EXTRA_SECONDS,
    )
    found = RATE.search(told.stdout)
    assert found, told.stderr[-2000:]
    return float(found[1])
