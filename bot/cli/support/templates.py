"""`bot templates`: texts that WhatsApp approved, as Twilio knows them."""

# ruff: noqa: PLC0415

import json
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click

from bot.cli.database import read_settings
from bot.cli.root import main
from bot.cli.show import show_table
from bot.terminal import Column, one_line, printable, printable_json

if TYPE_CHECKING:
    from bot.whatsapp.account import TwilioAccount

COLUMNS = (
    Column("content_sid", least=34),
    Column("status"),
    Column("category", spare=2),
    Column("language", spare=3),
    Column("used for", least=10),
    Column("name", least=10, spare=4),
    Column("text", least=12, spare=5),
)


@main.group()
def templates() -> None:
    """Look after texts that WhatsApp approved: for outside the 24 hours."""


@templates.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(as_json: bool) -> None:
    """List the account's templates: how far each is approved, and what uses it."""
    from bot.checks.templates import find_wanted
    from bot.whatsapp.templates.content import list_templates

    settings = read_settings()
    found = list_templates(find_account())
    used: dict[str, list[str]] = {}
    for wanted in find_wanted(settings):
        used.setdefault(wanted.content_sid, []).append(wanted.purpose)
    if as_json:
        told = [{**asdict(t), "used_for": used.get(t.content_sid, [])} for t in found]
        click.echo(printable_json(json.dumps(told, ensure_ascii=False)))
        return
    rows = [
        (
            each.content_sid,
            each.status,
            each.category,
            each.language,
            ", ".join(used.get(each.content_sid, [])),
            each.name,
            each.body,
        )
        for each in found
    ]
    show_table(COLUMNS, [tuple(map(one_line, row)) for row in rows])


@templates.command()
def check() -> None:
    """Tell whether each template that the settings name can be used as it is.

    Ends with 1 if one can't: it is not approved, or says something else than it must.
    """
    from bot.checks.templates import check_templates
    from bot.whatsapp.templates.content import find_template

    findings = [
        *check_templates(read_settings(), partial(find_template, find_account()))
    ]
    for finding in findings:
        click.echo(printable(str(finding)))
    if not findings:
        click.echo(
            "No setting names a template: TWILIO_FALLBACK_CONTENT_SID, "
            "TWILIO_ALERT_CONTENT_SID, CONSOLE_TEMPLATES and "
            "TWILIO_CHOICES_CONTENT_SIDS do."
        )
    sys.exit(1 if any(finding.fits is False for finding in findings) else 0)


def find_account() -> "TwilioAccount":
    """Return Twilio's account; without one that of the simulator beside `make run`.

    Raises SettingsError where there is neither.
    """
    from bot.local.account import read_account
    from bot.settings import TwilioParts

    settings = read_settings()
    simulated = read_account(settings.data_folder, settings.simulator_port)
    if settings.twilio is None and simulated is not None:
        return simulated
    return settings.parts(TwilioParts).twilio
