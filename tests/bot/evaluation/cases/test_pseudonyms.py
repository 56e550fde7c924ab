"""What is a person's is replaced, by the same word everywhere."""

import time

import pytest

from bot.evaluation.cases.pseudonyms import Pseudonyms


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Write to ana.silva@web.de!", "Write to person1@example.com!"),
        ("Call +49 170 1234567.", "Call +15550000001."),
        ("Order 1041 costs 4.20 €, at 6:30.", "Order 1041 costs 4.20 €, at 6:30."),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN +15550000001"),
        ("I live in Mill Lane 12.", "I live in Example Street 1."),
        ("It is 12 Baker Street.", "It is Example Street 1."),
        ("Bitte in die Hauptstraße 5a.", "Bitte in die Example Street 1."),
        ("Karl-Marx-straße 7", "Example Street 1"),
        ("Calle de Alcalá 42, Madrid", "Example Street 1, Madrid"),
        ("10115 Berlin", "00000 Place1"),
        ("see https://me.example/a?b=c", "see https://example.com/1"),
    ],
)
def test_what_has_a_shape_is_replaced(text: str, instead: str) -> None:
    assert Pseudonyms().replace(text) == instead


def test_a_name_is_one_word_whoever_says_it_and_however() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.learn(["Zelda Quux", None])
    pseudonyms.hear(["Hi, my name is Xaver Huber."])
    told = pseudonyms.replace("ZELDA asks for Xaver, and Zelda for Huber.")
    one, other = told.split()[0], told.split()[3].rstrip(",")
    assert one != other
    assert told == f"{one} asks for {other}, and {one} for {told.split()[-1]}"
    for name in ("elda", "aver", "uber"):
        assert name not in told
    assert pseudonyms.replace("Zeldas") == "Zeldas"


def test_the_same_thing_is_the_same_in_all_texts_and_is_listed() -> None:
    pseudonyms = Pseudonyms()
    first = pseudonyms.replace("Mail a@b.example, or c@d.example.")
    assert first == "Mail person1@example.com, or person2@example.com."
    assert pseudonyms.replace("C@D.example") == "person2@example.com"
    assert pseudonyms.replace(first) == first
    pseudonyms.replace("I saw Gundula there. She is kind.")
    listed = [*pseudonyms.review()]
    assert "  email: a@b.example -> person1@example.com" in listed
    assert "  Gundula" in listed
    assert "  She" not in listed


@pytest.mark.parametrize(
    "piece", ["A-", "A.", "A-A'", "A ", "Ab' ", "1 ", "a@", "AA1 "]
)
def test_no_text_takes_long(piece: str) -> None:
    """A customer writes it, and an operator waits for the export."""
    began = time.process_time()
    Pseudonyms().replace(piece * (4096 // len(piece)))
    assert time.process_time() - began < 5
