"""Contact cards are told in words, whichever phone wrote them."""

import pytest

from bot.media.contacts import LONGEST_VALUE, MOST_CARDS, ContactCards
from bot.media.protocol import NotSensedError


def told(card: str) -> str | None:
    return ContactCards().sense(card.encode(), "text/vcard", None, 1).text


def card(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""])


def test_a_card_is_told_by_name_numbers_and_mails() -> None:
    given = card(
        "N:Souza;Ana;;Dr.;",
        "FN:Dr. Ana Souza",
        "item1.TEL;waid=5511999:+55 11 999",
        "EMAIL;TYPE=WORK:ana@",
        " example.com",  # a folded line
        "ORG:Padaria\\, Filhos;Vendas",
        "PHOTO;ENCODING=b:AAAA",
    )
    assert told(given) == (
        "Dr. Ana Souza; company Padaria, Filhos, Vendas; phone +55 11 999; "
        "e-mail ana@example.com"
    )


def test_a_name_in_pieces_and_in_quoted_printable_is_read() -> None:
    assert told(card("N:Souza;Ana;Maria;Dr.;")) == "Dr. Ana Maria Souza"
    odd = "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;Jos=C3=A9 da =\r\nSilva;;;"
    assert told(card(odd)) == "Jos\u00e9 da Silva"


def test_several_cards_stand_on_a_line_each_and_end_somewhere() -> None:
    assert told(card("FN:Ana") + card("FN:Ben")) == "Ana\nBen"
    many = told("".join(card(f"FN:{number}") for number in range(100)))
    assert len(str(many).splitlines()) == MOST_CARDS
    assert len(str(told(card(f"FN:{'x' * 10_000}")))) == LONGEST_VALUE


def test_what_could_trick_a_reader_is_gone() -> None:
    assert told(card("FN:Ana\u202e\x07\\nBen")) == "Ana Ben"


@pytest.mark.parametrize("given", ["", "FN", card(), card("NOTE:x"), "\x00\xff" * 50])
def test_what_tells_nothing_is_no_card(given: str) -> None:
    with pytest.raises(NotSensedError):
        told(given)
