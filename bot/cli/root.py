"""The `bot` command: a few lines each; what a command needs is loaded by it alone."""

# ruff: noqa: PLC0415

from datetime import timedelta
from typing import Any

import click

from bot.settings import Settings
from db.errors import OperatorError


class Commands(click.Group):
    """Shows errors that speak to the operator without a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            raise click.ClickException(str(error)) from None
        except click.Abort:  # a question that was not answered with yes
            click.echo("\nNothing was changed.", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Answer WhatsApp messages with an LLM; `bot run` starts all of it here."""


@main.command()
def run() -> None:
    """Start the whole bot here, and what is not configured with it."""
    from bot.run import run as run_all

    run_all(Settings.from_env())


@main.command()
@click.option(
    "--host", default="0.0.0.0", show_default=True,  # noqa: S104
    help="The address to listen on.",
)  # fmt: skip
def web(host: str) -> None:
    """Serve Twilio's webhooks on PORT."""
    from bot.web import serve

    settings = Settings.from_env()
    settings.require(*settings.parts_of_web())
    if settings.storage_backend != "memory":
        from bot.wiring import require_current

        require_current(settings)
    serve(settings, host)


@main.command()
def worker() -> None:
    """Answer chats and send replies from the queue."""
    from bot.worker import run as work

    work(Settings.from_env())


@main.command()
def simulator() -> None:
    """Stand in for Twilio and a phone, on SIMULATOR_PORT.

    It listens on 127.0.0.1 only.
    """
    from bot.simulated import configure
    from bot.simulator.server import PortTakenError, serve

    settings = Settings.from_env()
    try:
        serve(configure(settings), settings.simulator_port)
    except PortTakenError as error:
        raise OperatorError(str(error)) from None


@main.command()
@click.option(
    "--as", "address", default="whatsapp:+15551230001", show_default=True,
    metavar="ADDRESS", help="The address that writes.",
)  # fmt: skip
@click.argument("text", required=False)
def chat(address: str, text: str | None) -> None:
    """Talk to the running bot through the simulator; with TEXT, once.

    `bot run` must be running, with the same SIMULATOR_PORT.
    """
    from bot.terminal import Phone, converse

    port = Settings.from_env().simulator_port
    phone = Phone(f"http://127.0.0.1:{port}", address)
    if text is None:
        converse(phone)
        return
    for message in phone.say(text):
        click.echo(message)


@main.command()
@click.option("--hours", default=24.0, show_default=True, help="How far to look back.")
def reconcile(hours: float) -> None:
    """Ask Twilio for messages that never arrived, and take them in.

    The worker does the same every five minutes. This command needs Twilio's account and
    DATABASE_URL in the settings.
    """
    from bot.cli.database import database
    from bot.wiring import build_reconciliation

    configured = Settings.from_env()
    configured.require("twilio")
    with database() as opened:
        taken = build_reconciliation(configured, opened).run(timedelta(hours=hours))
    click.echo(f"Taken in: {taken} (of the last {hours:g} hours).")


@main.group()
def settings() -> None:
    """Check the settings, of the environment and of .env."""


@settings.command()
def check() -> None:
    """Tell whether the settings are right.

    What is not configured is named as well: `bot run` provides it.
    """
    for line in Settings.from_env().describe():
        click.echo(line)
