"""Whatever breaks off: each thing is had, read and answered once."""

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import sentences as of_all
from bot.chat.media.looking import Looks
from bot.http_client import HttpServer
from bot.media.looking import Looking
from bot.media.protocol import NotYetSensedError, Sensed
from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents
from db.media.looked import MediaRows
from db.records import SeenMedia
from tests.bot.chat.media.eyes import VOICE, Sees, sighted
from tests.db.sql import rows, value
from tests.house import PATIENCE
from tests.listening import Request, Response, answering

COUNTS = """
SELECT (SELECT count(*) FROM media) AS things,
  (SELECT count(*) FROM media_contents) AS contents,
  (SELECT count(*) FROM userchats CROSS JOIN jsonb_array_elements(messages) AS turn
   WHERE turn ->> 'role' = 'assistant') AS answers
"""


class KilledError(BaseException):
    """What ends a worker: nothing on the way catches it."""


class Knife:
    """Cuts once at each step that it is told, in their order."""

    def __init__(self, *steps: str) -> None:
        self.steps = list(steps)

    def cut(self, step: str) -> None:
        if self.steps and step == self.steps[0]:
            self.steps.pop(0)
            raise KilledError


class CutRows(MediaRows):
    """Is killed before and after it stores something."""

    def __init__(self, database: Database, knife: Knife) -> None:
        super().__init__(database, MediaContents(database))
        self._knife = knife

    def keep(self, user_id: Any, seen: SeenMedia, content: bytes) -> SeenMedia:
        self._knife.cut("before it is kept")
        return super().keep(user_id, seen, content)

    def settle(self, user_id: Any, seen: SeenMedia, pieces: Any = ()) -> None:
        self._knife.cut("before it is read")
        super().settle(user_id, seen, pieces)
        self._knife.cut("after it is read")


def test_a_worker_that_is_killed_twenty_times_answers_once(
    pg: PostgresChatStore, database: Database
) -> None:
    knife = Knife(
        *["in the download"] * 7,
        *["before it is kept"] * 6,
        *["before it is read"] * 6,
        "after it is read",
    )
    ears = Sees("When do you open?")

    def comes() -> bytes:
        knife.cut("in the download")
        return VOICE

    ana = sighted(pg, database, {"v": comes}, {}, "At nine.")
    looking = Looking(
        fetch=ana.fetch, rows=CutRows(database, knife), senses={"audio": ears}
    )
    ana.talk = replace(ana.talk, looks=Looks(looking).look)
    ana.sends("audio/ogg", "v")
    for _ in range(20):
        with pytest.raises(KilledError):
            ana.hears()
    assert ana.hears() == ['\U0001f3a4 "When do you open?"\n\nAt nine.']
    assert rows(database, COUNTS) == [(1, 1, 1)]
    assert len(ana.fetched) == 7, "what is here is not fetched again"
    assert len(ears.read) == 7, "what is read is not read again"


def test_what_was_fetched_and_is_gone_is_told(
    pg: PostgresChatStore, database: Database, tmp_path: Any
) -> None:
    contents = MediaContents(database, tmp_path)
    away = Sees(NotYetSensedError("away"), "Hi")
    ana = sighted(pg, database, {"v": VOICE}, {})
    looking = Looking(
        fetch=ana.fetch, rows=MediaRows(database, contents), senses={"audio": away}
    )
    ana.talk = replace(ana.talk, looks=Looks(looking).look)
    ana.sends("audio/ogg", "v")
    assert ana.is_kept_waiting()
    [file] = tmp_path.glob("*/*")
    file.unlink()
    assert "could not get" in ana.hears()[0]
    assert ana.fetched == ["v"]


class SpeechServer:
    """A sense that asks a server, as those for speech do."""

    def __init__(self, url: str) -> None:
        self._server = HttpServer(url, None, 1, 100_000)

    def sense(self, content: bytes, *_told: object) -> Sensed:
        ends = time.monotonic() + PATIENCE
        answer = self._server.request("POST", "/v1/audio", {}, content, ends)
        if answer.status != 200:
            raise NotYetSensedError(f"HTTP {answer.status}", retry_after=3)
        return Sensed(text=answer.body.decode(), text_by="server")


def test_a_speech_server_that_is_away_costs_one_notice_and_one_late_answer(
    pg: PostgresChatStore, database: Database
) -> None:
    asked: list[bytes] = []

    def answer(request: Request) -> Response:
        asked.append(request.body)
        is_back = len(asked) > 10
        return Response(200, "Open?") if is_back else Response(503, "away")

    with answering(answer) as url:
        senses = {"audio": SpeechServer(url)}
        ana = sighted(pg, database, {"v": VOICE}, senses, "At nine.")
        ana.sends("audio/ogg", "v", minutes=10)
        assert [ana.is_kept_waiting() for _ in range(10)] == [True] * 10
        assert ana.bot_said == [of_all.ANSWER_COMES_LATER]
        assert ana.hears() == ['\U0001f3a4 "Open?"\n\nAt nine.']
    assert (asked, ana.fetched) == ([VOICE] * 11, ["v"])
    assert value(database, "SELECT state FROM media") == "read"


def test_what_cannot_be_read_for_an_hour_is_given_up(
    pg: PostgresChatStore, database: Database
) -> None:
    senses = {"audio": Sees(NotYetSensedError("away"))}
    ana = sighted(pg, database, {"v": VOICE}, senses)
    ana.sends("audio/ogg", "v", minutes=61)
    assert ana.hears() == [of_all.GIVEN_UP]
