"""Products: searched, and imported from a list."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from bot.console.knowledge.documents import PLACE
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.shown import redirect_to
from bot.console.uploads import read_upload, takes_file
from bot.console.writing import note, writing
from bot.knowledge.catalogues.prices import find_currency
from bot.knowledge.catalogues.products import ProductList, read_products
from db.errors import OperatorError
from db.knowledge.catalogues import (
    IMPORT_SECONDS,
    Imported,
    import_catalogue,
    plan_import,
)
from db.knowledge.products import search_products
from db.logins.audit import Action
from db.records.products import PriceRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.knowledge.products import ListedProduct

MOST_LISTED = 200
MOST_BAD = 20
SECONDS = 20.0


def register(routes: Blueprint) -> None:
    """Add the pages."""
    routes.get("/knowledge/products")(products)
    routes.post("/knowledge/products")(import_products)


@needs(May.TEACH)
def products() -> str:
    """List products that have all of the words."""
    words = request.args.get("q", "").strip()[:200]
    found = _search(words)
    return render_template(
        "knowledge/products.html",
        found=found[:MOST_LISTED],
        more=len(found) > MOST_LISTED,
        words=words,
    )


@takes_file
@needs(May.TEACH)
def import_products() -> Response | str:
    """Make the products those of a list; or only show what that would change."""
    name, content = read_upload()
    listed = read_products(content, PLACE + name, _currency())
    if "check" in request.form or (listed.bad and "skip_bad" not in request.form):
        return _show(listed)
    if not listed.catalogue.products:
        raise OperatorError("no row is a product, and nothing was imported")
    with writing(IMPORT_SECONDS, IMPORT_SECONDS) as connection:
        done = import_catalogue(connection, listed.catalogue)
        note(connection, Action.PRODUCT_CHANGED, details=_counts(done))
    told = ", ".join(f"{count:,} {what}" for what, count in _counts(done).items())
    flash(f"The list is imported: {told}.")
    return redirect_to("knowledge.products")


def _show(listed: ProductList) -> str:
    with console().database.reading(SECONDS) as connection:
        plan = plan_import(connection, listed.catalogue)
    return render_template(
        "knowledge/import.html",
        listed=listed,
        bad=listed.bad[:MOST_BAD],
        counts=_counts(plan),
        moved=sorted(set(plan.moved.values())),
        name=listed.catalogue.file_path.removeprefix(PLACE),
    )


def _counts(done: Imported) -> dict[str, int]:
    names = ("new", "changed", "removed", "same")
    return {name: len(getattr(done, name)) for name in names}


def _currency() -> str | None:
    given = request.form.get("currency", "").strip()
    if not given:
        return None
    code = find_currency(given)
    if code is None:
        raise OperatorError("that is no currency: write its code, such as EUR")
    return code


def _search(words: str) -> "Sequence[ListedProduct]":
    most = MOST_LISTED + 1
    with console().database.reading(SECONDS) as connection:
        return search_products(connection, words.split(), PriceRange(), most)
