"""The bakery that a bot of `make run` knows until it has documents of its own."""

from pathlib import Path

from bot.knowledge.catalogues.products import read_products
from db.database import Database
from db.files import write_whole
from db.knowledge.catalogues import import_products
from db.knowledge.documents import Documents
from db.records import NewDocument

FOLDER = Path(__file__).parent / "demo"
CATALOGUE = FOLDER / "products.csv"
# What it is called there is what answers name as their source.
CATALOGUE_PLACE = "demo/Price list.csv"
# In the folder of the data, once all of it was added: it never comes a second time.
MARK = "demo-taken-in"
IS_KNOWN = "SELECT EXISTS (SELECT FROM documents WHERE is_demo)"
IS_USED = """
SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM documents WHERE NOT is_demo)
"""
HOW_TO_ASK = (
    '  Demo       It knows a bakery: ask "What does rye bread cost?" Your own first'
    " document\n             takes its place: bot knowledge add FILE"
)


def take_in(database: Database, folder: Path) -> bool:
    """Add the demo business to a new database; return whether it is there.

    It comes once, and not where somebody has written or added documents already. Killed
    on the way it is added again, whole: what is there stays as it is.
    """
    mark = folder / MARK
    if not mark.exists() and not database.scalar(IS_USED):
        _add(database)
        write_whole(mark, "")
    return bool(database.scalar(IS_KNOWN))


def _add(database: Database) -> None:
    documents = Documents(database)
    for file in sorted(FOLDER.glob("*.md")):
        documents.add(
            NewDocument(
                content=file.read_bytes(), file_path=_place_of(file), is_demo=True
            )
        )
    content = CATALOGUE.read_bytes()
    listed = read_products(content, CATALOGUE_PLACE, is_demo=True)
    import_products(database, listed.catalogue)


def _place_of(file: Path) -> str:
    """Return where a file is said to lie, wherever we are installed."""
    return f"demo/{file.name}"
