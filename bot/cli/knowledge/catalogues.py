"""How catalogues and products are shown. What lists say is untrusted: no tricks."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from bot.cli.show import show_table
from bot.terminal import Column, one_line, printable_json
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.knowledge.catalogues.products import BadRow, ProductList
    from db.knowledge.catalogues import Imported
    from db.knowledge.products import ListedProduct
    from db.records.products import Catalogue

MOST_TOLD = 20
FIRST_ROWS = 5
COLUMNS = (
    Column("sku"),
    Column("name", least=16),
    Column("price", right=True),
    Column("in stock", spare=2),
    Column("description", least=12, spare=1),
)


def show_list(listed: "ProductList") -> None:
    """Print how headings were mapped, and the first products."""
    for heading, field in listed.mapped:
        click.echo(f"{one_line(heading, 40)} -> {field or 'an attribute'}")
    click.echo()
    found = listed.catalogue.products[:FIRST_ROWS]
    rows = [_row(new.product, new.description) for new in found]
    show_table(COLUMNS, rows)
    more = len(listed.catalogue.products) - len(found)
    if more > 0:
        click.echo(f"... and {more:,} more")
    click.echo()


def require_good(listed: "ProductList", *, skip_bad: bool) -> None:
    """Tell which rows are bad. Raises OperatorError unless they may be left out."""
    for line in _describe_bad(listed.bad):
        click.echo(line, err=True)
    rows = "1 row is no product" if len(listed.bad) == 1 else (
        f"{len(listed.bad):,} rows are no products"
    )  # fmt: skip
    if listed.bad and not skip_bad:
        raise OperatorError(
            f"{rows}, and nothing was imported: mend the file, or leave them out with "
            "--skip-bad"
        )
    if not listed.catalogue.products:
        raise OperatorError("no row is a product, and nothing was imported")


def _describe_bad(bad: "Sequence[BadRow]") -> Iterator[str]:
    for row in bad[:MOST_TOLD]:
        yield one_line(f"{row.place}: {row.reason}", 300)
    if len(bad) > MOST_TOLD:
        yield f"... and {len(bad) - MOST_TOLD:,} more rows"


def has_changes(plan: "Imported") -> bool:
    """Tell whether an import changes any product."""
    return bool(plan.new or plan.changed or plan.removed)


def show_changes(plan: "Imported") -> None:
    """Print what an import changes."""
    for name in ("new", "changed", "removed", "same"):
        skus = getattr(plan, name)
        told = f": {named(skus)}" if skus and name in {"changed", "removed"} else ""
        click.echo(f"{name:8} {len(skus):>7,}{told}")
    for path in sorted(set(plan.moved.values())):
        moved = [sku for sku, origin in plan.moved.items() if origin == path]
        click.echo(f"From {one_line(path, 200)} come {named(moved)}")


def named(skus: Iterable[str]) -> str:
    """Return SKUs in a line, the first ones of many."""
    names = [one_line(sku, 100) for sku in skus]
    more = f" and {len(names) - MOST_TOLD:,} more" if len(names) > MOST_TOLD else ""
    return ", ".join(names[:MOST_TOLD]) + more


def tell_import(
    listed: "ProductList", plan: "Imported", *, is_done: bool, as_json: bool
) -> None:
    """Print what became of an import."""
    if as_json:
        told = {
            "file": listed.catalogue.file_path,
            "columns": dict(listed.mapped),
            "bad": [asdict(row) for row in listed.bad],
            **asdict(plan),
            "imported": is_done,
        }
        click.echo(to_json(told))
    elif not is_done:
        click.echo("A dry run: nothing was changed.")
    elif has_changes(plan):
        click.echo(f"Imported: {_count(listed.catalogue)}.")
    else:
        click.echo("Nothing had changed.")


def _count(catalogue: "Catalogue") -> str:
    count = len(catalogue.products)
    return "1 product" if count == 1 else f"{count:,} products"


def show_products(found: "Sequence[ListedProduct]", *, as_json: bool) -> None:
    """Print products as a table, or as JSON."""
    if as_json:
        click.echo(to_json([asdict(product) for product in found]))
        return
    if not found:
        click.echo("There are no such products.", err=True)
        return
    show_table(COLUMNS, [_row(product, product.description) for product in found])


def _row(product: Any, description: str | None) -> list[str]:
    from bot.knowledge.catalogues.prices import write_price

    price = product.price
    stock = {True: "yes", False: "no", None: ""}[product.in_stock]
    shown = "" if price is None else write_price(price, product.currency)
    return [product.sku, product.name, shown, stock, description or ""]


def to_json(told: object) -> str:
    """Return it as JSON that a terminal may have; a price is a text, exactly."""
    text = json.dumps(told, ensure_ascii=False, indent=2, default=_plain)
    return printable_json(text)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
