"""What a password must be, and what is stored of it."""

import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from db.logins.password_rules import WeakPasswordError, require_strong
from db.logins.passwords import HASHER, BusyError, Passwords
from tests.db.logins.cheap import BETTER, CHEAP, GOOD
from tests.house import PATIENCE

OLGA = ("olga.nord@tulipan.example", "Olga Nordström")


@pytest.mark.parametrize(
    "weak",
    [
        *("short", "elevenchars", "x" * 201, "            ", "aaaaaaaaaaaaaaaa"),
        *("Password1234!", "passwordpassword", "Summer2026!!", "letmein-letmein"),
        *("123456789012345", "qwertyuiop1234", "abcdefghijklmnop", "abcabcabcabc"),
        *("olga.nord2026!", "OlgaNordström1", "tulipan-support", "WhatsApp-Console1"),
        *("xkxkxkxkxkxkxk", "1q2w3e4r5t6y", "zyxwvutsrqpo"),
    ],
)
def test_what_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(WeakPasswordError) as told:
        require_strong(weak, OLGA)
    assert weak not in str(told.value)


@pytest.mark.parametrize(
    "strong",
    [GOOD, BETTER, "kQ8#vv2Lpzz1x!", "пять синих троллейбусов", "x7-" * 3 + GOOD],
)
def test_what_is_not_is_taken(strong: str) -> None:
    require_strong(strong, OLGA)


def test_hashes_are_argon2id_with_memory_and_differ() -> None:
    found = extract_parameters(HASHER.hash("x"))
    assert (found.type, found.memory_cost, found.time_cost) == (Type.ID, 65_536, 3)
    assert CHEAP.hash(GOOD) != CHEAP.hash(GOOD)
    stored = CHEAP.hash(GOOD)
    assert CHEAP.fits(GOOD, stored)
    assert not CHEAP.fits(BETTER, stored)
    assert not CHEAP.fits(GOOD, None)
    assert not CHEAP.fits(GOOD, "no hash at all")
    assert CHEAP.fits(
        "caf\u00e9 violet tractor", CHEAP.hash("cafe\u0301 violet tractor")
    )
    assert Passwords().is_outgrown(stored)
    assert not CHEAP.is_outgrown(stored)


class Slow(PasswordHasher):
    """One that holds its place until it is let go."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[str | bytes] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  (its name there)
        self.asked.append(hash)
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return super().verify(hash, password)


def test_an_unknown_name_costs_a_hash_of_the_same_kind_too() -> None:
    slow = Slow()
    slow.go_on.set()
    assert not Passwords(slow).fits(GOOD, None)
    (nobodys,) = slow.asked
    assert extract_parameters(str(nobodys)) == extract_parameters(CHEAP.hash(GOOD))


def test_few_are_made_at_once() -> None:
    slow = Slow()
    passwords = Passwords(slow, at_once=1, wait_seconds=0.01)
    first = threading.Thread(target=passwords.fits, args=(GOOD, None))
    first.start()
    try:
        assert slow.begun.wait(PATIENCE)
        with pytest.raises(BusyError, match="try again"):
            passwords.fits(GOOD, None)
    finally:
        slow.go_on.set()
        first.join(PATIENCE)
    assert not passwords.fits(GOOD, None)
