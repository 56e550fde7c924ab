"""Which messages are for the bot itself."""

import pytest

from bot.chat.commands import WORDS, Command, find_command

SAID = {
    Command.NEW: ["/new", "/NEW", " /new ", "clear", "Reset", "start over", "/clear",
                  "START  OVER", "start\nover", "reset.", "/reset"],
    Command.HELP: ["/help", "help", "HELP!", "info", "Help."],
    Command.STOP: ["STOP", "stop", "Stop!", "stop.", "/stop", "stopall", "unsubscribe",
                   "cancel", "END", "quit", "revoke", "optout"],
    Command.START: ["START", "start", "/start", "unstop", "Start!!"],
}  # fmt: skip
NOT_COMMANDS = [
    "", " ", "/", ".", "new", "New", "new!", "I want a new phone", "please stop it",
    "stop the delivery", "help me", "start over please", "yes", "YES", "//new", "/ new",
    "/unknown", "st op", "\u0441top", "stop?", "a" * 60_000,
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "command"), [(text, command) for command in SAID for text in SAID[command]]
)
def test_a_command_is_known_whatever_its_case(text: str, command: Command) -> None:
    assert find_command(text) is command
    assert find_command(text, opted_out=True) is command


@pytest.mark.parametrize("text", NOT_COMMANDS)
def test_what_merely_looks_like_a_command_is_for_the_llm(text: str) -> None:
    assert find_command(text) is None


@pytest.mark.parametrize("text", ["yes", "YES", "Yes!", " yes. "])
def test_yes_means_start_to_somebody_who_stopped_and_nothing_else(text: str) -> None:
    assert find_command(text, opted_out=True) is Command.START
    assert find_command(text) is None


def test_every_command_has_words_and_no_word_has_two_commands() -> None:
    assert set(WORDS) == set(Command)
    words = [word for words in WORDS.values() for word in words]
    assert len(words) == len(set(words))
