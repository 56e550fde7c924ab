"""Voice notes become what was said, and never what nobody said."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.llm.speech.transcriptions import Transcriptions
from bot.llm.speech.transcripts import Segment
from bot.media.protocol import NotSensedError, NotYetSensedError, Sensed
from bot.media.senses.children import Children
from bot.media.senses.extras import can_listen_here
from bot.media.senses.voice import (
    MOST_SECONDS,
    VoiceByServer,
    VoiceHere,
    understood,
)
from tests.bot.media.senses.sounds import BREAD, SAYS, noise, silence, tone
from tests.speech_server import Told, speech_server

VOICE = BREAD.read_bytes()


@pytest.fixture
def told() -> Iterator[Told]:
    with speech_server() as told:
        yield told


@pytest.fixture
def by_server(told: Told) -> Iterator[VoiceByServer]:
    with closing(Transcriptions(told.server("big-ear"))) as client:
        yield VoiceByServer(client)


@pytest.fixture(scope="module")
def here() -> VoiceHere:
    if not can_listen_here():
        pytest.skip("the extra `speech` is not installed")
    return VoiceHere(Children())


def words_of(sensed: Sensed) -> str:
    return " ".join(re.findall(r"\w+", (sensed.text or "").lower()))


def test_a_server_hears_what_was_said(told: Told, by_server: VoiceByServer) -> None:
    told.hears("¿A qué hora abren?", language="spanish", no_speech_prob=0.1)
    sensed = by_server.sense(VOICE, "audio/ogg", None, 5)
    assert sensed == Sensed(
        text="¿A qué hora abren?", text_by="big-ear", language="es", seconds=4.5
    )


def test_what_is_too_short_to_say_anything_is_sent_nowhere(
    told: Told, by_server: VoiceByServer
) -> None:
    # An OGG page says at which sample it ends: here at half a second.
    last = VOICE.rfind(b"OggS")
    short = VOICE[: last + 6] + (24_000).to_bytes(8, "little") + VOICE[last + 14 :]
    assert by_server.sense(short, "audio/ogg", None, 5).text is None
    assert not told.asked


def test_what_is_too_long_or_no_recording_is_refused_before_it_is_sent(
    told: Told, by_server: VoiceByServer
) -> None:
    last = VOICE.rfind(b"OggS")
    position = ((MOST_SECONDS + 1) * 48_000).to_bytes(8, "little")
    long = VOICE[: last + 6] + position + VOICE[last + 14 :]
    with pytest.raises(NotSensedError, match="longer than 10 minutes"):
        by_server.sense(long, "audio/ogg", None, 5)
    with pytest.raises(NotSensedError, match="no recording"):
        by_server.sense(b"%PDF-1.7", "audio/ogg", None, 5)
    assert not told.asked


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_recording_that_the_server_refuses_is_not_sent_again(
    status: int, told: Told, by_server: VoiceByServer
) -> None:
    for _ in range(2):
        told.fails(status)
    with pytest.raises(NotSensedError) as caught:
        by_server.sense(VOICE, "audio/ogg", None, 5)
    assert not caught.value.is_beyond_us


@pytest.mark.parametrize(("status", "pause"), [(429, 7), (500, None), (503, 7)])
def test_a_server_that_is_away_is_asked_again_later(
    status: int, pause: int | None, told: Told, by_server: VoiceByServer
) -> None:
    headers = {"Retry-After": str(pause)} if pause else {}
    told.answers.append((status, b"{}", headers))
    with pytest.raises(NotYetSensedError) as caught:
        by_server.sense(VOICE, "audio/ogg", None, 5)
    assert (caught.value.retry_after, caught.value.most_tries) == (pause, None)


def test_a_real_voice_note_is_heard_on_this_machine(here: VoiceHere) -> None:
    sensed = here.sense(VOICE, "audio/ogg", None, 120)
    said, expected = set(words_of(sensed).split()), set(SAYS.split())
    assert len(said & expected) >= 0.7 * len(expected)
    assert sensed.text_by == "whisper-tiny.en"
    assert sensed.seconds == pytest.approx(4.8, abs=1)


def test_nothing_is_heard_where_nobody_speaks(here: VoiceHere) -> None:
    for sound in (silence(2), noise(2), tone(2)):
        assert here.sense(sound, "audio/wav", None, 120).text is None


def test_a_damaged_recording_is_refused(here: VoiceHere) -> None:
    with pytest.raises(NotSensedError, match="damaged"):
        here.sense(b"OggS" + b"\0" * 500, "audio/ogg", None, 120)
    whole = here.sense(VOICE[: len(VOICE) // 2], "audio/ogg", None, 120)
    assert "bread" in words_of(whole)  # what was recorded counts


def test_who_finds_no_place_in_time_comes_again(here: VoiceHere) -> None:
    busy = VoiceHere(Children(most=1))
    busy._children._places.acquire()
    with pytest.raises(NotYetSensedError, match="others"):
        busy.sense(VOICE, "audio/ogg", None, 0.01)
    busy._children._places.release()
    with pytest.raises(NotYetSensedError, match="more than") as caught:
        busy.sense(VOICE, "audio/ogg", None, 0.6)
    assert caught.value.most_tries == 2


def test_a_part_that_was_not_understood_leaves_its_mark() -> None:
    sure = Segment(text=" Do you have rye bread?", log_prob=-0.4)
    guess = Segment(text=" Newton-Tark Man-Havin.", log_prob=-1.6)
    assert understood([sure, guess], 9.0) == "Do you have rye bread? (\u2026)"
    with pytest.raises(NotSensedError, match="English alone"):
        understood([guess], 4.0)
