"""Which messages are for the bot itself."""

from dataclasses import replace

import pytest

from bot.chat.commands.entries import Command, Policies
from bot.chat.commands.finding import find_command, find_said
from bot.chat.commands.table import COMMANDS
from tests.bot.chat.transcripts import chat_of, user_says

SAID = {
    Command.NEW: ["/new", "/NEW", " /new ", "/clear", "/Reset.", "/reset",
                  "/clear!", "\u201c/new\u201d", "*/new*", "/new please"],
    Command.HELP: ["/help", "help", "HELP!", "Help.", "_help_", "help \U0001f64f"],
    Command.STOP: ["STOP", "stop", "Stop!", "stop.", "/stop", "stopall", "unsubscribe",
                   "revoke", "optout", "Opt out", "opt-out",
                   "\u201cSTOP\u201d", '"stop"', "'STOP'", "\u00abstop\u00bb",
                   "\u201eSTOP\u201c", "`stop`", "```STOP```", "*STOP*", "_stop_",
                   "~stop~", "> STOP", "**_STOP_**", "(stop)", "[STOP]", "<STOP>",
                   "stop \U0001f6d1", "\U0001f6d1 STOP \u270b\U0001f3fd",
                   "STOP\u2764\ufe0f", "stop :)", "- stop", "please stop",
                   "Stop, please!", "PLEASE STOP PLEASE", "pls stop", "stop plz",
                   "\u201cplease stop\u201d", "STOP STOP STOP", "Stop! Stop!!",
                   "stop\u2026", "\u200bstop\u200b", "\ufeffSTOP",
                   "\uff33\uff34\uff2f\uff30",
                   "\U0001d5e6\U0001d5e7\U0001d5e2\U0001d5e3"],
    Command.START: ["START", "start", "/start", "unstop", "Start!!", "please start",
                    "\u201cSTART\u201d", "*start* \U0001f600", "Start, please"],
}  # fmt: skip
START_OVER = ["start over", "START  OVER", "start\nover", "Start over, please."]
NOT_COMMANDS = [
    "", " ", "/", ".", "new", "New", "new!", "new please", "I want a new phone",
    "please stop it", "stop the delivery", "help me", "yes", "YES", "//new", "/ new",
    "/unknown", "st op", "\u0441top", "stop?", "a" * 60_000, "stop " * 60_000,
    "cancel", "CANCEL", "cancel please", "end", "End.", "info", "INFO", "/info",
    "quit", "Quit.", "reset", "Reset!", "clear", "please reset",
    "please", "\U0001f6d1", "clear, thanks", "continue", "\u00bfstop?", "stop 2",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "command"), [(text, command) for command in SAID for text in SAID[command]]
)
def test_a_command_is_known_whatever_is_around_it(text: str, command: Command) -> None:
    assert find_command(text) is command
    assert find_command(text, opted_out=True) is command


@pytest.mark.parametrize("text", NOT_COMMANDS)
def test_what_merely_looks_like_a_command_is_for_the_llm(text: str) -> None:
    assert find_command(text) is None


@pytest.mark.parametrize(
    "text", ["start again", "subscribe", "opt in", "Opt-In!", "\u201cstart again\u201d"]
)
def test_consent_means_start_to_somebody_who_stopped_and_nothing_else(
    text: str,
) -> None:
    assert find_command(text, opted_out=True) is Command.START
    assert find_command(text) is None


@pytest.mark.parametrize("text", START_OVER)
def test_a_new_chat_needs_its_slash(text: str) -> None:
    assert find_command(text) is None
    assert find_command(text, opted_out=True) is None
    assert find_command(f"/{text}") is Command.NEW


def test_every_name_is_in_the_table_and_no_word_has_two_commands() -> None:
    names = [entry.name for entry in COMMANDS]
    assert set(Command) <= set(names)
    words = [word for entry in COMMANDS for word in entry.all_words]
    assert len(words) == len(set(words))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", ["/learn", "/LEARN Prices", "/learn\nPrices"])
def test_what_teachers_say_is_no_command_of_others(text: str) -> None:
    turn = user_says(text, "1")
    chat = chat_of(turn)
    assert find_said(chat, turn, Policies()) is None
    said = find_said(replace(chat, is_teacher=True), turn, Policies())
    assert said is not None
    assert (said.entry.name, said.text) == (
        "learn",
        "Prices" if "rices" in text else "",
    )


@pytest.mark.parametrize("text", ["/learned a lot", "learn Prices", "x /learn Prices"])
def test_what_stands_behind_a_word_is_read_behind_that_word_alone(text: str) -> None:
    turn = user_says(text, "1")
    chat = replace(chat_of(turn), is_teacher=True)
    assert find_said(chat, turn, Policies()) is None
