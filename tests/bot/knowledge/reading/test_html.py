"""Web pages of a small business: the text, not the menu."""

import pytest

from bot.knowledge.reading import Block, UnreadableError
from tests.bot.knowledge.reading.parsed import parsed, texts

HOURS = b"""<!doctype html><html><head><title>Korn Bakery - Hours</title>
<style>p { color: red }</style></head><body>
<div id="menu"><a href="/">Home</a> <a href="/p">Prices</a></div>
<nav><ul><li><a href="/">Start</a></li><li><a href="/c">Contact</a></li></ul></nav>
<h1>Opening hours</h1>
<p>Monday to Friday<br>7 to 18.</p>
<p>We are
closed on <b>Sunday</b>.</p>
<ul><li>24 December: 7 to 12</li><li>1 January: closed<ul><li>2 too</li></ul></li></ul>
<dl><dt>Parking</dt><dd>behind the house</dd></dl>
<div class="cookie-banner">We use cookies. <button>Fine</button></div>
<footer><p>Mill Lane 4, 10115 Berlin, <a href="tel:+49301234">call us</a></p>
<ul><li><a href="/i">Imprint</a></li><li><a href="/j">Jobs</a></li></ul></footer>
<script>alert("no text")</script></body></html>"""

PRICES = b"""<html><body><main><h2>Prices</h2><table><caption>With VAT</caption>
<tr><th>Item</th><th>Price</th><th>Weight</th></tr>
<tr><td>Rye bread</td><td>4.20 EUR</td><td rowspan=2>1 kg</td></tr>
<tr><td>Wheat bread</td><td>3.80 EUR</td></tr>
<tr><th>Monday</th><td colspan=2>half price</td></tr></table>
<ul><li><a href="/a">Order</a></li><li><a href="/b">Ask</a></li></ul>
</main></body></html>"""


def test_a_page_is_read_without_its_menus() -> None:
    reading = parsed(HOURS, "hours.html")
    assert (reading.file_type, reading.title) == ("html", "Korn Bakery - Hours")
    assert reading.blocks == (
        Block("heading", "Opening hours", 1),
        Block("paragraph", "Monday to Friday\n7 to 18."),
        Block("paragraph", "We are closed on Sunday."),
        Block("item", "24 December: 7 to 12"),
        Block("item", "1 January: closed"),
        Block("item", "2 too"),
        Block("row", "Parking: behind the house"),
        Block("paragraph", "Mill Lane 4, 10115 Berlin, call us (+49301234)"),
    )


def test_a_row_of_a_web_table_keeps_its_header() -> None:
    assert texts(PRICES, "prices.html") == [
        "Prices",
        "With VAT",
        "Rye bread: Price 4.20 EUR; Weight 1 kg",
        "Wheat bread: Price 3.80 EUR; Weight 1 kg",
        "Monday: Price half price",
        "Order",
        "Ask",
    ]


def test_a_page_of_links_alone_is_read() -> None:
    page = b"<html><body><a href='/1'>Rye bread</a><a href='/2'>Rolls</a></body></html>"
    assert texts(page, "x") == ["Rye breadRolls"]


@pytest.mark.parametrize("where", ["in the page", "by the sender", "nowhere"])
def test_the_letters_of_a_page_are_found(where: str) -> None:
    told = '<meta charset="iso-8859-1">' if where == "in the page" else ""
    page = f"<html><head>{told}</head><body>Br\u00f6tchen</body></html>"
    sent_as = "text/html; charset=latin-1" if where == "by the sender" else "text/html"
    assert texts(page.encode("latin-1"), "page", sent_as) == ["Br\u00f6tchen"]


def test_a_page_that_a_script_makes_is_refused() -> None:
    page = b"<html><body><div id=app></div><script>go()</script></body></html>"
    with pytest.raises(UnreadableError, match="print it there as PDF"):
        parsed(page, "page.html")


def test_a_page_as_deep_as_an_attacker_likes_ends_in_a_sentence() -> None:
    page = b"<html><body>" + b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000
    with pytest.raises(UnreadableError, match="no text on the page"):
        parsed(page, "page.html")
