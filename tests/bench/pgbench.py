"""The database's own limit: pgbench running the ingest statement."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from db.embedded.programs import bin_folder
from db.pool import SEARCH_PATH
from tests.bench import ingest
from tests.bench.stage import Stage
from tests.bench.webhooks import SMALL_TALK, new_sid

RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
FIRST_USER = 1_000_000
EXTRA_SECONDS = 30.0
# However a checkout defers the job: it is not stored.
DROP_JOBS = """
CREATE FUNCTION drop_job() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER drop_job BEFORE INSERT ON procrastinate.procrastinate_jobs
FOR EACH ROW EXECUTE FUNCTION drop_job();
"""
KEEP_JOBS = "DROP FUNCTION drop_job CASCADE"


def run_pgbench(
    stage: Stage, *, clients: int, users: int, seconds: float, jobs: bool = False
) -> float:
    """Return transactions per second; without `jobs` no job is stored."""
    if jobs:
        return _run(stage, clients, users, seconds)
    with without_jobs(stage.database_url):
        return _run(stage, clients, users, seconds)


@contextmanager
def without_jobs(url: str) -> Iterator[None]:
    """Have the queue's table drop what is inserted."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(DROP_JOBS)
        try:
            yield
        finally:
            connection.execute(KEEP_JOBS)


def ingest_script(statement: str, users: int) -> str:
    """Return a script that takes in messages of so many random users."""
    last = FIRST_USER + users - 1
    return f"\\set user random({FIRST_USER}, {last})\n{statement};\n"


def _run(stage: Stage, clients: int, users: int, seconds: float) -> float:
    text = f"{new_sid()[:12]} {SMALL_TALK}"
    # -P: the checkout's folders are the path, not the one that the file lies in.
    statement = stage.run("-P", str(Path(ingest.__file__)), text).strip()
    script = stage.folder / "ingest.pgbench"
    script.write_text(ingest_script(statement, users))
    command = [str(bin_folder() / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={clients}", "--jobs=2", f"--time={max(1, round(seconds))}"]
    told = subprocess.run(
        [*command, f"--file={script}", stage.database_url],
        env={**os.environ, "PGOPTIONS": f"-csearch_path={SEARCH_PATH}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + EXTRA_SECONDS,
    )
    found = RATE.search(told.stdout)
    assert found, told.stdout[-2000:] + told.stderr[-2000:]
    return float(found[1])
