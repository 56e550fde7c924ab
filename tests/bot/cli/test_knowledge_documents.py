"""`bot knowledge` from the outside: documents are added, looked at, removed."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.cli.knowledge.adding import Adding
from bot.knowledge.taking_in.intake import Intake
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.knowledge.documents import Documents
from db.records import NewChunk, NewDocument, TakenIn, Upload
from tests.bot.knowledge.catalogues.lists import BREADS
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, said

WAITING = "SELECT document_id FROM document_uploads ORDER BY 1"
ALIVE = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())"


def read(upload: Upload) -> TakenIn:
    """Read lines, as a reader of text would."""
    text = upload.content.decode()
    if "secret" in text:
        raise OperatorError("it has a password: \x1b[31mtake it off")
    chunks = [
        NewChunk(text=line, words=tuple(line.split()), heading="Terms", page=number)
        for number, line in enumerate(text.splitlines(), 1)
    ]
    title = upload.title or upload.name
    return TakenIn(title=title, file_type="text", language="en", chunks=chunks)


class Desk:
    """An operator's terminal, and a worker beside it."""

    def __init__(self, url: str, database: Database, folder: Path) -> None:
        self.folder = folder
        self.database = database
        self.intake = Intake(Documents(database), read)
        self._environment = {"DATABASE_URL": url, "DATA_FOLDER": str(folder)}

    def write(self, name: str, text: str) -> str:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    def run(self, *arguments: str, typed: str = "") -> Result:
        command = ["knowledge", *arguments]
        return CliRunner().invoke(main, command, env=self._environment, input=typed)

    def taken_in(self, *arguments: str) -> Result:
        """Run a command, and take in what it adds meanwhile."""
        with self.working():
            return self.run(*arguments)

    @contextmanager
    def working(self) -> Iterator[None]:
        ended = threading.Event()

        def work() -> None:
            while not ended.wait(0.02):
                for document_id in values(self.database, WAITING):
                    self.intake.take_in(document_id)

        change(self.database, ALIVE)
        worker = threading.Thread(target=work)
        worker.start()
        yield
        ended.set()
        worker.join()


@pytest.fixture
def desk(database_url: str, database: Database, tmp_path: Path) -> Desk:
    return Desk(database_url, database, tmp_path)


def test_a_folder_is_taken_in_and_what_was_left_out_is_told(desk: Desk) -> None:
    desk.write("docs/prices.md", "Rye bread: 4.50")
    desk.write("docs/terms/returns.txt", "Within a day.")
    desk.write("docs/terms/locked.txt", "secret")
    desk.write("docs/.hidden/notes.txt", "not for anybody")
    desk.write("docs/logo.svg", "<svg/>")
    (desk.folder / "docs/terms/up").symlink_to("..")
    done = desk.taken_in("add", str(desk.folder / "docs"))
    assert done.exit_code == 1
    docs = desk.folder / "docs"
    assert done.output.splitlines() == [
        f"skipped: {docs}/.hidden: hidden",
        f"skipped: {docs}/logo.svg: no document by its name",
        f"refused: {docs}/terms/locked.txt: it has a password: \ufffd[31mtake it off",
        f"skipped: {docs}/terms/up: a link: name it itself",
        "2 taken in, 1 refused, 3 skipped.",
    ]
    again = desk.taken_in("add", str(docs / "prices.md"), str(docs / "terms/ret*.txt"))
    assert (again.exit_code, again.output) == (0, "2 unchanged.\n")


def test_a_changed_file_is_found_by_refresh(desk: Desk) -> None:
    prices = desk.write("prices.md", "Rye bread: 4.50")
    desk.write("gone.md", "Soon to be gone.")
    assert desk.taken_in("add", str(desk.folder / "*.md")).exit_code == 0
    desk.write("prices.md", "Rye bread: 4.80")
    (desk.folder / "gone.md").unlink()
    done = desk.taken_in("refresh", "--json")
    assert done.exit_code == 1
    told = [(o["state"], o["reason"]) for o in json.loads(done.output)]
    assert told == [
        ("refused", "it is not there: check the path"), ("taken in", None),
    ]  # fmt: skip
    texts = "SELECT chunk_text FROM document_chunks ORDER BY 1"
    assert values(desk.database, texts) == ["Rye bread: 4.80", "Soon to be gone."]
    assert json.loads(desk.run("list", "--json").output)[1]["file_path"] == prices


def test_a_catalogue_is_left_to_its_own_import(desk: Desk) -> None:
    breads = desk.write("breads.csv", BREADS)
    imported = ["products", "import", breads, "--yes"]
    environment = {"DATABASE_URL": desk.database.url}
    assert CliRunner().invoke(main, imported, env=environment).exit_code == 0
    desk.write("breads.csv", BREADS.replace("4.20", "4.50"))
    reason = (
        "it is a catalogue of products: `bot products import` takes it in, anew too"
    )
    for command in (["add", str(desk.folder)], ["refresh"]):
        done = desk.run(*command)
        assert done.output == f"skipped: {breads}: {reason}\n1 skipped.\n"
        assert done.exit_code == 0
    assert values(desk.database, WAITING) == []
    found = "SELECT count(*) FROM products WHERE chunk_id IS NOT NULL"
    assert value(desk.database, found) == 3


def test_a_document_of_one_person_has_a_title_and_a_language(
    desk: Desk, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", ANA))
    offer = desk.write("offer.txt", "Ten loaves for Ana.")
    words = ["add", offer, "--for", ANA, "--title", "Her offer", "--language", "de"]
    done = desk.run(*words, "--no-wait")
    assert (done.exit_code, done.output) == (0, "1 waits.\n")
    told = "SELECT title, told, user_id IS NOT NULL FROM documents"
    ((title, kept, is_hers),) = rows(desk.database, told)
    assert (title, is_hers) == ("Her offer", True)
    assert kept == {"title": "Her offer", "language": "de"}
    listed = desk.run("list").output
    assert "Her offer" in listed
    assert ANA in listed


def test_a_document_is_shown_and_exported_without_tricks(desk: Desk) -> None:
    file = desk.write("terms.txt", "Pay within \x1b[2J14 days.\nReturns: one day.")
    assert desk.taken_in("add", file, "--title", "Terms\x1b[1m 2026").exit_code == 0
    shown = desk.run("show", "terms")
    assert "Pay within \ufffd[2J14 days." in shown.output
    assert "[1] Terms, page 2" in shown.output
    assert json.loads(desk.run("show", "1", "--json").output)["chunks"][1]["page"] == 2
    whole = json.loads(desk.run("export", "-").output)
    assert [chunk["chunk_text"] for chunk in whole["chunks"]] == [
        "Pay within \x1b[2J14 days.", "Returns: one day.",
    ]  # fmt: skip
    folder = desk.folder / "out"
    done = desk.run("export", str(folder), "--format", "markdown")
    assert done.output == f"Documents in {folder}: 1.\n"
    assert "Returns: one day." in (folder / "1.md").read_text()
    for output in (
        shown.output,
        desk.run("list").output,
        desk.run("export", "-").output,
    ):
        assert "\x1b[2J" not in output
        assert "\x1b[1m 2026" not in output


def test_files_whose_names_can_not_be_kept_are_refused(desk: Desk) -> None:
    desk.write("\udcff.txt", "Rye bread: 4.50")
    desk.write("\udcfe.txt", "Wheat bread: 3.60")
    done = desk.run("add", str(desk.folder), "--no-wait")
    assert done.exit_code == 1
    refused = f"refused: {desk.folder}/\ufffd.txt: its name is no UTF-8: rename it"
    assert done.output.splitlines() == [refused, refused, "2 refused."]


def test_removing_asks_first(desk: Desk) -> None:
    assert desk.taken_in("add", desk.write("a.txt", "x")).exit_code == 0
    refused = desk.run("remove", "1", typed="n\n")
    assert refused.exit_code == 1
    assert value(desk.database, "SELECT count(*) FROM documents") == 1
    done = desk.run("remove", "1", "--yes")
    assert (done.exit_code, done.output) == (0, "Removed: 1 a.txt\n")
    nothing = desk.run("remove", "1", "--yes")
    assert nothing.exit_code == 1
    assert "no document has the id 1" in nothing.output


def test_without_a_worker_it_waits_and_says_so(desk: Desk) -> None:
    adding = Adding(desk.database, io.StringIO(), quiet=True, patience=0)
    like = NewDocument(content=b"")
    (outcome,) = adding.add_all([desk.write("a.txt", "x")], like, wait=True)
    assert (outcome.state, outcome.is_well) == ("waits", False)
    assert "start `bot worker`" in str(outcome.reason)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", "nowhere.txt"], 1, "refused: nowhere.txt: it is not there"),
        (["add", "*.nothing"], 1, "nothing has such a name"),
        (["add", "/dev/null"], 1, "it is no file"),
        (["add", "http://127.0.0.1/"], 1, "not of the public internet"),
        (["add"], 2, "Missing argument"),
        (["add", "a", "b", "--title", "x"], 2, "one document at a time"),
        (["add", "a", "--language", "english"], 2, "two letters"),
        (["add", "a", "--for", "+1555"], 1, "nobody has the address"),
        (["show", "nothing"], 1, "no document is called 'nothing'"),
        (["show", "9" * 30], 1, "no document has the id"),
        (["show", "\udcff"], 1, "no document is called"),  # a byte that is no UTF-8
        (["add", "a", "--for", "\udcff"], 1, "nobody has the address"),
    ],
)
def test_what_is_wrong_is_told(
    desk: Desk, words: list[str], code: int, says: str
) -> None:
    done = desk.run(*words)
    assert (done.exit_code, says in done.output) == (code, True), done.output
