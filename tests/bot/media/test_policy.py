"""What an operator may set about media."""

from pathlib import Path

import pytest

from bot.environment import Reader
from bot.media.policy import MediaPolicy, read_media


def test_without_a_word_bytes_lie_in_the_database_and_come_from_twilio() -> None:
    assert read_media(Reader({})) == MediaPolicy(None, (), echoes_voice=True)
    assert read_media(Reader({"MEDIA_STORE": "database"})).folder is None


def test_what_is_set_is_read() -> None:
    read = Reader(
        {
            "MEDIA_STORE": "/srv/media",
            "MEDIA_HOSTS": "Media.example.com, *.example.org,",
            "VOICE_ECHO": "off",
        }
    )
    hosts = ("media.example.com", "*.example.org")
    assert read_media(read) == MediaPolicy(Path("/srv/media"), hosts, False)
    assert read.problems == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEDIA_HOSTS", "localhost"),
        ("MEDIA_HOSTS", "https://media.example.com"),
        ("MEDIA_HOSTS", "*"),
        ("MEDIA_HOSTS", "media.example.com:8080"),
        ("MEDIA_HOSTS", "*.*.example.com"),
        ("VOICE_ECHO", "yes"),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    read = Reader({name: value})
    read_media(read)
    assert list(read.problems) == [name]
    assert value not in read.problems[name]
