"""What evaluation may spend: counted like all calls, and in no budget."""

# ruff: noqa: PLC0415

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.settings import Settings
from db.database import Database

if TYPE_CHECKING:
    from bot.evaluation.purse import Purse
    from bot.llm.endpoint import Measure
    from bot.money.meter import Meter


def build_purse(
    settings: Settings, database: Database, most_micros: int | None = None
) -> "Purse | None":
    """Return what holds what is spent within `most_micros`; None without PRICES."""
    from bot.evaluation.purse import Purse
    from db.evaluation.spendings import SpendingsApart

    if settings.money.prices is None:
        return None
    return Purse(SpendingsApart(database), most_micros)


def build_meter_apart(settings: Settings, purse: "Purse | None") -> "Meter | None":
    """Return what counts calls out of a purse; None where nothing is counted."""
    from bot.money.meter import Meter

    prices = settings.money.prices
    if prices is None or purse is None:
        return None
    return Meter(purse, prices, timezone=settings.money.timezone)


def measure_for(meter: "Meter | None", purpose: str) -> "Measure":
    """Return what counts calls beside the LLM's for one purpose."""
    from bot.llm.endpoint import unmeasured

    if meter is None:
        return unmeasured
    return lambda asking: meter.measure(replace(asking, purpose=purpose))
