"""`bot chat`: a phone in the terminal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.bot.simulator.desk import Desk, desk_at
from tests.bot.simulator.scripted_bot import ScriptedBot, scripted_bot
from tests.house import PATIENCE

ANA = "whatsapp:+15551230001"


@pytest.fixture(scope="module")
def bot() -> Iterator[ScriptedBot]:
    with scripted_bot() as running:
        yield running


@pytest.fixture(scope="module")
def desk(bot: ScriptedBot) -> Iterator[Desk]:
    with desk_at(bot.webhook_url) as running:
        yield running


def chat(desk: Desk, *arguments: str) -> Result:
    settings = {"SIMULATOR_PORT": desk.url.rpartition(":")[2], "TWILIO_ACCOUNT_SID": ""}
    return CliRunner().invoke(main, ["chat", *arguments], env=settings)


def answered(desk: Desk, bot: ScriptedBot, text: str, *arguments: str) -> Result:
    """Have the bot answer what is said with a text."""
    before = len(bot.received)
    with ThreadPoolExecutor(1) as terminal:
        done = terminal.submit(chat, desk, *arguments)
        bot.wait_until(lambda: len(bot.received) > before)
        desk.bot_sends(bot.received[before].form["From"], text)
        return done.result(PATIENCE)


def test_a_number_is_written_as_people_write_it_and_keeps_its_name(
    desk: Desk, bot: ScriptedBot
) -> None:
    desk.user_says(ANA, profile_name="Ana")
    done = answered(desk, bot, "Hi Ana", "--as", "+1 (555) 123-0001", "Hello")
    assert done.output == "Hi Ana\n"
    form = bot.received[-1].form
    assert (form["From"], form["ProfileName"]) == (ANA, "Ana")


def test_whom_nobody_named_gets_no_name_and_the_terminal_no_tricks(
    desk: Desk, bot: ScriptedBot
) -> None:
    said = "\x1b]0;OWNED\x07\u202eabc\n*bold*"
    done = answered(desk, bot, said, "--as", "15551230009", "Hello")
    assert done.output == "\ufffd]0;OWNED\ufffd\ufffdabc\n*bold*\n"
    assert "ProfileName" not in bot.received[-1].form


def test_a_file_is_sent_with_its_caption(
    desk: Desk, bot: ScriptedBot, tmp_path: Path
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("rye,3.20")
    done = answered(desk, bot, "Thanks", "--file", str(file), "/learn Prices")
    assert done.output == "Thanks\n"
    form = bot.received[-1].form
    assert (form["Body"], form["MediaContentType0"]) == ("/learn Prices", "text/csv")
    path = urlsplit(form["MediaUrl0"]).path
    assert desk.rest("GET", path).content == b"rye,3.20"


def test_several_files_are_several_messages_and_the_first_has_the_caption(
    desk: Desk, bot: ScriptedBot, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("1.png", "2.ogg")]
    for file in files:
        file.write_bytes(b"x")
    named = [word for file in files for word in ("--file", str(file))]
    before = len(bot.received)
    done = answered(desk, bot, "Nice", *named, "Look")
    assert done.output == "Nice\n"
    forms = [got.form for got in bot.received[before:] if "NumMedia" in got.form]
    assert [(form["Body"], form["MessageType"]) for form in forms] == [
        ("Look", "image"), ("", "audio"),
    ]  # fmt: skip


def test_a_place_is_sent_and_the_bot_s_last_word_quoted(
    desk: Desk, bot: ScriptedBot
) -> None:
    sid = desk.bot_sends("whatsapp:+15551230010", "Where?")["sid"]
    place = ("--location", "52.5,13.4,Caf\u00e9, Mitte", "--quote", "last")
    done = answered(desk, bot, "Thanks", "--as", "+15551230010", *place)
    assert done.output == "Thanks\n"
    form = bot.received[-1].form
    assert (form["Latitude"], form["Longitude"]) == ("52.5", "13.4")
    assert form["Label"] == "Caf\u00e9, Mitte"
    assert form["OriginalRepliedMessageSid"] == sid


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--location", "here"), "'here' is no place: write latitude and longitude"),
        (("--location", "95,0"), "needs 'latitude' and 'longitude' in degrees"),
        (("--quote", "last", "Hi"), "has sent nothing yet that could be quoted"),
        (("--quote", "SM1", "Hi"), "'reply_to' is no message of this conversation"),
        (("--quote", "last"), "there is nothing to send: write a text"),
    ],
)
def test_what_can_t_be_sent_is_refused_in_words(
    desk: Desk, arguments: tuple[str, ...], why: str
) -> None:
    done = chat(desk, "--as", "+15551230011", *arguments)
    assert done.exit_code == 1
    assert why in done.output


def test_what_the_bot_sends_beside_text_is_named(desk: Desk, bot: ScriptedBot) -> None:
    before = len(bot.received)
    with ThreadPoolExecutor(1) as terminal:
        done = terminal.submit(chat, desk, "--as", "+15551230012", "Show me")
        bot.wait_until(lambda: len(bot.received) > before)
        url = "https://shop.invalid/rose.jpg"
        desk.bot_sends("whatsapp:+15551230012", "Roses", MediaUrl=url)
        assert done.result(PATIENCE).output == f"Roses\n[image/jpeg: {url}]\n"


@pytest.mark.parametrize("address", ["ana", "+1", ""])
def test_an_address_that_is_none_is_refused_in_words(desk: Desk, address: str) -> None:
    done = chat(desk, "--as", address, "Hello")
    assert done.exit_code == 1
    assert f"nobody can write as {address!r}: give a number with its" in done.output
    assert "{" not in done.output


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_text_is_refused(desk: Desk, bot: ScriptedBot, text: str) -> None:
    before = len(bot.received)
    done = chat(desk, text)
    assert (done.exit_code, len(bot.received)) == (1, before)
    assert done.output == "Error: there is nothing to send: write a text\n"


def test_a_bot_that_is_away_is_told_in_words() -> None:
    with desk_at("http://127.0.0.1:9/webhooks/whatsapp") as desk:
        done = chat(desk, "Hello")
    assert done.exit_code == 1
    assert "The bot can't be reached at http://127.0.0.1:9: not delivered." in (
        done.output
    )
