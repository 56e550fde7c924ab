"""Forms of ours that are filled in by somebody who means harm, and files."""

import io
import json
import zipfile
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.bot.console.conftest import ORIGIN
from tests.bot.console.hostile.conftest import TRICK, Place, Tags, tricks_in
from tests.bot.console.hostile.test_routes import FORM, POSTS, token_in
from tests.bot.console.walking import a_file
from tests.db.sql import rows, value, values

BAD = ("", "\x00", "\ud800", TRICK, "9" * 40, "' OR 1=1 --", "-1", "x" * 70_000,
       "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00")  # fmt: skip
FIELDS = ("operator", "priority", "until", "content_sid", "value_1", "number", "code",
          "current", "password", "again", "name", "currency", "after")  # fmt: skip
# What is locked by tries that fail, or would end this very log-in.
TRIED = {"/login", "/second-factor", "/logout", "/account/sessions"}
FORMS = [path for path in POSTS if path not in TRIED]


@pytest.fixture(autouse=True)
def fresh(place: Place) -> Iterator[None]:
    """Check that who is logged in stays so, and is who they were."""
    people = (
        "SELECT user_id, role, is_active FROM users WHERE role <> 'user' ORDER BY 1"
    )
    before = rows(place.database, people)
    yield
    assert rows(place.database, people) == before


@pytest.mark.parametrize("path", FORMS)
def test_odd_words_are_stored_as_words_or_refused(place: Place, path: str) -> None:
    at, client = place.filled(path), place.client("super_admin")
    csrf = token_in(client.get("/account", base_url=ORIGIN).text)
    for bad in BAD:
        words = bad.encode("utf-8", "surrogatepass")
        form = dict.fromkeys((*FORM, *FIELDS), words)
        known = {"csrf_token": csrf, "reference_id": str(uuid4()), "version": "1"}
        known |= {"ticket": str(place.ids["ticket"])}
        answer = client.post(at, base_url=ORIGIN, data={**form, **known})
        assert answer.status_code in {200, 303, 400, 403, 404, 409, 413, 429}, bad
        location = answer.location or ORIGIN
        assert location.startswith(("/", ORIGIN))
        if answer.mimetype == "text/html":
            assert Tags(answer.text).found == [], bad  # one's own words may turn round
            assert "\x00" not in answer.text


def test_too_large_a_form_is_not_read(place: Place) -> None:
    client = place.client("super_admin")
    csrf = token_in(client.get("/account", base_url=ORIGIN).text)
    note = place.filled("/chats/{user_id}/note")
    large = {"csrf_token": csrf, "text": "x" * 2**21}
    assert client.post(note, base_url=ORIGIN, data=large).status_code == 413
    parts = {"csrf_token": csrf, **{f"f{number}": "x" for number in range(1500)}}
    kind = "multipart/form-data"
    answer = client.post(note, base_url=ORIGIN, data=parts, content_type=kind)
    assert answer.status_code == 413


NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "a\x00.txt", 'a"\r\nSet-Cookie: x=1.txt',
    "\u202etxt.exe", TRICK + ".txt", ".", "..", "/", "\\", " ", "x" * 9000, "con",
    "=cmd|' /C calc'!A0.txt", "a;filename=b.txt", "$(id).txt", "\ud83d.txt",
)  # fmt: skip
PLACES = "SELECT file_path FROM documents WHERE file_path LIKE 'console/%%'"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_lies_nowhere_by_its_name(place: Place, name: str) -> None:
    walker = place.walker("admin")
    wire = name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    form = walker.form(walker.get("/knowledge"), "/knowledge")
    data = {**form, "file": a_file(f"We open at nine: {name!a}", wire)}
    answer = walker.client.post("/knowledge", base_url=ORIGIN, data=data)
    assert answer.status_code in {303, 409}
    for path in values(place.database, PLACES):
        held = path.removeprefix("console/")
        assert held.strip(".")
        assert not set(held) & set("/\\\x00\r\n\u202e\x07")
    assert tricks_in(walker.get("/knowledge")) == []


def bomb() -> bytes:
    """Return a small archive that says that it holds much."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 2**20)
        archive.writestr("../../etc/passwd", b"x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.xlsx", bomb()), ("list.xlsx", b"PK\x03\x04"), ("list.csv", b""),
        ("list.csv", b"\x00" * 99), ("list.json", b"[" * 99_999), ("list.json", b"{}"),
        ("list.exe", b"MZ"), ("list", b"sku,name\n1,x\n"),
        ("list.csv", b"\xff\xfe\x00"),
        ("list.csv", b'sku,name\n"' + b"x" * 99_999), (".csv", b"sku"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_products_is_refused(
    place: Place, name: str, content: bytes
) -> None:
    before = value(place.database, "SELECT count(*) FROM products")
    at, walker = "/knowledge/products", place.walker("admin")
    data = {**walker.form(walker.get(at), at), "file": a_file(content, name)}
    answer = walker.client.post(at, base_url=ORIGIN, data=data)
    assert answer.status_code in {200, 409}
    assert tricks_in(answer.text) == []
    assert value(place.database, "SELECT count(*) FROM products") == before


def test_no_file_and_an_empty_one_are_refused(place: Place) -> None:
    client = place.client("admin")
    csrf = token_in(client.get("/account", base_url=ORIGIN).text)
    for at in ("/knowledge", "/knowledge/products"):
        for sent in ({}, {"file": "words"}, {"file": a_file("", "a.csv")}):
            data = {"csrf_token": csrf, **sent}
            answer = client.post(at, base_url=ORIGIN, data=data)
            assert answer.status_code == 409


def test_an_export_is_json_under_a_name_of_ours(place: Place) -> None:
    """No formula, no header and no markup comes with what it holds."""
    walker, user_id = place.walker("admin"), place.ids["user_id"]
    at = f"/people/{user_id}"
    form = walker.form(walker.get(at), f"{at}/export")
    answer = walker.client.post(f"{at}/export", base_url=ORIGIN, data=form)
    assert answer.mimetype == "application/json"
    name = f'attachment; filename="person-{user_id}.json"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.text)
    assert not {"\u202e", "\u2066", "\x07"} & set(answer.text)


def test_nobody_erases_or_keeps_out_themselves(place: Place) -> None:
    me, walker = place.operators["super_admin"], place.walker("super_admin")
    csrf = token_in(walker.get("/account"))
    for path in (f"/people/{me}/erase", f"/settings/operators/{me}/active"):
        form = {"csrf_token": csrf, "typed": "x", "active": "off"}
        answer = walker.client.post(path, base_url=ORIGIN, data=form)
        assert answer.status_code == 409
