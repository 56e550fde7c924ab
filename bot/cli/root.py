"""The `bot` command: a few lines each; what a command needs is loaded by it alone."""

# ruff: noqa: PLC0415

import os
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import read_cautions, read_settings, read_settings_for, warn
from bot.terminal import printable
from db import __version__
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.checks.findings import Finding
    from bot.settings import Settings


# Given by `bot run`, which has told the warnings already.
WARNED = click.option("--warned", is_flag=True, hidden=True)


class Commands(click.Group):
    """Shows errors that speak to the operator without a stack trace.

    What is not in this module is loaded when it is asked for (bot.cli.MODULES).
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if cmd_name not in self.commands:
            _load_all()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        _load_all()
        return super().list_commands(ctx)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            # It may quote what others wrote: a manifest, a server, a file.
            raise click.ClickException(printable(str(error))) from None
        except click.Abort:  # a question that was not answered with yes
            click.echo("\nNothing was changed.", err=True)
            ctx.exit(1)


def _load_all() -> None:
    from bot.cli import MODULES

    for name in MODULES:
        import_module(f"bot.cli.{name}")


def _show_version(ctx: click.Context, _option: object, wanted: bool) -> None:
    if wanted:
        from db.schema import head

        click.echo(f"bot {__version__}, migration {head()}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False,
    callback=_show_version, help="Show the version and its newest migration.",
)  # fmt: skip
@click.pass_context
def main(ctx: click.Context) -> None:
    """Answer WhatsApp messages with an LLM; `bot run` starts all of it here."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        ctx.color = False  # for all commands, whatever is styled in them


@main.command()
def run() -> None:
    """Start the whole bot here, and what is not configured with it."""
    from bot.local.run import run as run_all

    cautions = read_cautions()
    settings = read_settings_for("run", cautions)
    warn(cautions)
    run_all(settings)


@main.command()
@click.option("--host", help="The address to listen on, instead of WEB_HOST.")
@WARNED
def web(host: str | None, warned: bool) -> None:
    """Serve Twilio's webhooks on PORT."""
    from bot.serving.server import place_of_web, serve
    from bot.settings import WebParts
    from bot.wiring.web import build_web

    warnings = [] if warned else read_cautions()
    settings = read_settings_for("web", warnings)
    parts = settings.web_parts()
    if isinstance(parts, WebParts):
        warnings += _require_current(parts.database_url, "webhooks get 503")
    serve(settings, place_of_web(settings, host), build_web, warnings)


@main.command()
@click.option("--host", help="The address to listen on, instead of CONSOLE_HOST.")
@WARNED
def console(host: str | None, warned: bool) -> None:
    """Serve the pages of those who step in for the bot, on CONSOLE_PORT."""
    from bot.serving.server import place_of_console, serve
    from bot.wiring.console import build_console

    warnings = [] if warned else read_cautions()
    settings = read_settings_for("console", warnings)
    url = settings.console_parts().database_url
    warnings += _require_current(url, "pages may fail")
    serve(settings, place_of_console(settings, host), build_console, warnings)


def _require_current(url: str, otherwise: str) -> list[str]:
    from bot.wiring.looks import with_database
    from db import schema

    fault = with_database(url, schema.require_current)
    return [] if fault is None else [f"{otherwise} until this is mended: {fault}"]


@main.command()
@WARNED
def worker(warned: bool) -> None:
    """Answer chats and send replies from the queue."""
    from bot.worker.process import run as work

    warnings = [] if warned else read_cautions()
    work(read_settings_for("worker", warnings), warnings)


@main.command()
def simulator() -> None:
    """Stand in for Twilio and a phone, on SIMULATOR_PORT.

    It listens on 127.0.0.1 only.
    """
    from bot.local.account import configure
    from bot.simulator.server import PortTakenError, serve

    settings = read_settings()
    try:
        serve(configure(settings), settings.simulator_port)
    except PortTakenError as error:
        raise OperatorError(str(error)) from None


@main.command()
@click.option(
    "--as", "address", default="+15551230001", show_default=True,
    metavar="ADDRESS", help="Who writes; named as on the chat page, or not at all.",
)  # fmt: skip
@click.option(
    "--file", "files", multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A voice note, picture or document; TEXT is the first one's caption.",
)  # fmt: skip
@click.option("--location", metavar="LAT,LONG[,LABEL]", help="A place, in degrees.")
@click.option(
    "--quote", metavar="SID|last", help="Reply to this message, or to the bot's last."
)
@click.argument("text", required=False)
def chat(
    address: str,
    files: tuple[Path, ...],
    location: str | None,
    quote: str | None,
    text: str | None,
) -> None:
    """Talk to the running bot through the simulator; with TEXT or a file, once.

    An ADDRESS is +1555… or whatsapp:+1555…; `bot run` must be running, with the same
    SIMULATOR_PORT.
    """
    from bot.local.phone import NOTHING, Beside, Phone, converse, read_location
    from db.queries.people import to_address

    port = read_settings().simulator_port
    phone = Phone(f"http://127.0.0.1:{port}", to_address(address))
    place = read_location(location) if location else None
    beside = Beside(files=files, location=place, quote=quote)
    if text is None and beside == NOTHING:
        converse(phone)
        return
    for message in phone.say(text or "", beside):
        click.echo(printable(message))


@main.command()
@click.option("--hours", default=24.0, show_default=True, help="How far to look back.")
def reconcile(hours: float) -> None:
    """Ask Twilio for messages that never arrived, and take them in.

    The worker does the same every five minutes. This command needs Twilio's account and
    DATABASE_URL in the settings.
    """
    from bot.cli.database import database
    from bot.settings import TwilioParts
    from bot.whatsapp.twilio import TwilioClient
    from bot.wiring.whatsapp.reconciling import build_reconciliation

    configured = read_settings()
    account = configured.parts(TwilioParts).twilio
    twilio = TwilioClient(account, configured.public_base_url)
    with database() as opened:
        found = build_reconciliation(configured, opened, twilio)
        taken = found.run(timedelta(hours=hours))
    click.echo(f"Taken in: {taken} (of the last {hours:g} hours).")


@main.group()
def settings() -> None:
    """Check the settings, of the environment and of .env."""


@settings.command()
@click.option(
    "--online", is_flag=True, help="Ask the database, the LLM and Twilio as well."
)
def check(online: bool) -> None:
    """Tell whether the settings are right, and what each process would do.

    Ends with 1 if what is configured can't run, or does not fit those who are asked.
    What is not configured is named as well: `bot run` provides it.
    """
    from bot.checks.report import report_on

    cautions = read_cautions()
    settings = read_settings(cautions)
    findings = _ask(settings) if online else []
    report = report_on(settings, cautions, findings)
    for line in report.lines:
        click.echo(printable(line))  # Twilio and the database are quoted
    sys.exit(0 if report.is_right else 1)


def _ask(settings: "Settings") -> "list[Finding]":
    from bot.checks.online import ask_all

    click.echo(
        "Asking the database, the LLM and Twilio, where they are set ...", err=True
    )
    return list(ask_all(settings))
