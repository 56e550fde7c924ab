"""PostgreSQL goes and comes back, and nobody starts the worker again."""

import threading
from pathlib import Path

from db.embedded.server import EmbeddedPostgres
from tests.hostile.processes import BotProcess
from tests.house import House, eventually, living
from tests.ports import free_port
from tests.scripted_llm import Script

LLM = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
WAITING = "waiting for the database: the database can't be reached"


def test_the_worker_takes_its_jobs_up_again_when_postgresql_is_back(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    with living(House(tmp_path, own_server.url)) as house:
        ana, ben = house.phone(), house.phone()
        house.llm.next(Script(text="Nine to five.", delay=0.5))
        ana.says("When do you open?")
        eventually(lambda: house.llm.requests)
        own_server.stop()
        threading.Event().wait(1)  # the answer comes, and can't be stored
        own_server.start()
        assert len(ana.hears()) == 1
        assert eventually(lambda: ben.says("Hello?")["webhook_status"] == 200)
        assert ben.hears() == ["You said: Hello?"]
        assert ana.hears_nothing_more()
        assert house.log("worker").count("the worker is ready") == 1
        assert house.stop("worker") == 0


def test_a_worker_without_a_database_waits_for_it_and_stops_when_asked(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    away = f"postgresql://bot@127.0.0.1:{free_port()}/nowhere"
    url = own_server.url
    own_server.stop()
    patient = BotProcess(tmp_path, url, "worker", **LLM)
    asked_to_stop = BotProcess(tmp_path, away, "worker", **LLM)
    eventually(lambda: WAITING in asked_to_stop.output)
    assert asked_to_stop.close() == 0
    assert "the worker is ready" not in asked_to_stop.output
    eventually(lambda: WAITING in patient.output)
    own_server.start()
    eventually(lambda: "the worker is ready" in patient.output)
    assert patient.close() == 0
    assert "the database is back after" in patient.output
