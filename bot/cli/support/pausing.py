"""`bot pause` and `bot resume`: the kill switch."""

# ruff: noqa: PLC0415

import click

from bot.cli.database import migrated_database
from bot.cli.root import main


@main.command()
def pause() -> None:
    """Stop all automatic answers, within seconds and without a restart.

    Messages are taken in and kept. Who writes is told once a day that the answer comes
    later; STOP, START and the other commands hold, and people of yours may write. An
    answer that the LLM makes right now is not stored.
    """
    from db.delivery.pausing import pause as stop

    with migrated_database() as database, database.transaction() as connection:
        changed = stop(connection)
    click.echo(
        "Answers pause now: `bot resume` ends it."
        if changed
        else "Answers pause already: nothing changed."
    )


@main.command()
def resume() -> None:
    """Answer again, also what was written during the pause.

    What is older than ANSWER_MAX_AGE_MINUTES by then gets an apology instead.
    """
    from db.delivery.pausing import resume as go_on

    with migrated_database() as database, database.transaction() as connection:
        changed = go_on(connection)
    click.echo(
        "Answers are made again; what was written meanwhile is answered first."
        if changed
        else "Nothing paused answers: nothing changed. (BOT_PAUSED=on is a setting.)"
    )
