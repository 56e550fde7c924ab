"""`bot products`: import a catalogue, list, search and remove products."""

# ruff: noqa: PLC0415

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import migrated_database, reading
from bot.cli.knowledge.catalogues import (
    has_changes,
    named,
    require_good,
    show_changes,
    show_list,
    show_products,
    tell_import,
    to_json,
)
from bot.cli.root import main
from bot.cli.show import tell_if_cut
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.knowledge.catalogues.products import ProductList
    from db.records.products import PriceRange

MOST_LISTED = 100_000
AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
LIMIT = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, MOST_LISTED),
    help="How many at most.",
)  # fmt: skip


class Price(click.ParamType[Decimal]):
    """An exact amount."""

    name = "price"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Return it, or end the command."""
        try:
            price = Decimal(value)
        except InvalidOperation:
            price = Decimal(-1)
        if not price.is_finite() or price < 0:
            self.fail(f"{value} is no price: write it as 4.20", param, ctx)
        return price


@main.group()
def products() -> None:
    """Keep the products that questions are answered from."""


@products.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--currency", metavar="CODE", help="Of prices that name none, such as EUR."
)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that are no products.")
@YES
@AS_JSON
def import_(
    file: Path,
    currency: str | None,
    yes: bool,
    as_json: bool,
    **wanted: bool,
) -> None:
    """Make the products those of FILE: .csv, .json or .xlsx.

    It shows how the columns were understood and what would change, and asks. Products
    that FILE listed before, and does not list now, are removed; those of other files
    stay. A product that another file listed moves to FILE.
    """
    from db.knowledge.catalogues import import_products, plan_import

    dry_run = wanted["dry_run"]
    listed = _read(file, currency)
    if not as_json:
        show_list(listed)
    require_good(listed, skip_bad=wanted["skip_bad"])
    with migrated_database() as database:
        with database.reading() as connection:
            plan = plan_import(connection, listed.catalogue)
        if not as_json:
            show_changes(plan)
        if not dry_run:
            if not yes and has_changes(plan):
                click.confirm("Import this?", abort=True, err=as_json)
            plan = import_products(database, listed.catalogue)
    tell_import(listed, plan, is_done=not dry_run, as_json=as_json)


@products.command("list")
@LIMIT
@AS_JSON
def list_(limit: int, as_json: bool) -> None:
    """List all products by their names."""
    from db.records.products import PriceRange

    _show_found((), PriceRange(), limit, as_json=as_json)


@products.command()
@click.argument("words", nargs=-1)
@click.option("--under", type=Price(), help="Not dearer than this.")
@click.option("--over", type=Price(), help="Not cheaper than this.")
@click.option("--currency", metavar="CODE", help="Only prices in it, such as EUR.")
@click.option("--in-stock", is_flag=True, help="Only what is in stock.")
@LIMIT
@AS_JSON
def search(
    words: tuple[str, ...],
    currency: str | None,
    limit: int,
    as_json: bool,
    **wanted: Any,
) -> None:
    """Find products that have all of the WORDS, by name; within prices by price.

    A word may be a part of one: bread finds Ryebread. Without WORDS all that fit the
    prices are found.
    """
    from db.records.products import PriceRange

    within = PriceRange(
        cheapest=wanted["over"],
        dearest=wanted["under"],
        currency=currency and _code_of(currency),
        in_stock=wanted["in_stock"],
        order=None if wanted["over"] is wanted["under"] is None else "cheapest",
    )
    _show_found(words, within, limit, as_json=as_json)


@products.command()
@click.argument("skus", nargs=-1, metavar="SKU...")
@click.option("--all", "all_", is_flag=True, help="All of them.")
@YES
@AS_JSON
def remove(skus: tuple[str, ...], all_: bool, yes: bool, as_json: bool) -> None:
    """Remove products by their SKU, or --all.

    The next import of a file that lists them brings them back. Ends with 1 if one of
    them was not there.
    """
    from db.knowledge.catalogues import remove_products

    if bool(skus) == all_:
        raise OperatorError("say which products: their SKUs, or --all")
    with migrated_database() as database:
        if not yes:
            what = "all products" if all_ else named(skus)
            click.confirm(f"Remove {what}?", abort=True, err=as_json)
        removed = remove_products(database, None if all_ else skus)
    missing = sorted(set(skus) - set(removed))
    if as_json:
        click.echo(to_json({"removed": removed, "missing": missing}))
    else:
        click.echo(f"Removed: {len(removed):,}.")
    if missing:
        raise OperatorError(f"there was no product {named(missing)}")


def _read(file: Path, currency: str | None) -> "ProductList":
    from bot.knowledge.catalogues.products import read_products
    from db.records import MOST_CONTENT_BYTES, to_storable

    code = currency and _code_of(currency)
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_CONTENT_BYTES + 1)
    except OSError as error:
        raise OperatorError(f"{file} can't be read ({error.strerror})") from None
    return read_products(content, to_storable(str(file.resolve())), code)


def _code_of(currency: str) -> str:
    from bot.knowledge.catalogues.prices import find_currency

    code = find_currency(currency)
    if code is None:
        raise OperatorError(f"{currency} is no currency: write its code, such as EUR")
    return code


def _show_found(
    words: Sequence[str], within: "PriceRange", limit: int, *, as_json: bool
) -> None:
    from db.knowledge.products import search_products

    with reading() as connection:
        found = search_products(connection, words, within, limit)
    show_products(found, as_json=as_json)
    tell_if_cut(len(found), limit)
