"""The SQL tools that are set, and the database that they read."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.tools.sql.toolbox import SqlTools

# For a first look at them; where their database is slow, answers begin without them.
START_SECONDS = 5.0


def build_sql_tools(settings: Settings) -> "SqlTools | None":
    """Return the toolbox of all SQL tools; they are on offer once they were looked at.

    Raises OperatorError where a file is wrong.
    """
    from bot.tools.sql.files import load_sql_tools
    from bot.tools.sql.toolbox import SqlTools

    folder, url = settings.tools.statements, settings.tools_database_url
    if folder is None:
        return None
    tools = load_sql_tools(folder)
    if url is None:
        return SqlTools(tools, None)
    from db.tools.lookups.asking import LookupDatabase

    return SqlTools(tools, LookupDatabase(url))


def start_sql_tools(settings: Settings) -> "list[SqlTools]":
    """Return the same, looked at now and every minute from then; none where none are.

    Raises OperatorError where a file is wrong.
    """
    toolbox = build_sql_tools(settings)
    if toolbox is None:
        return []
    toolbox.start(START_SECONDS)
    return [toolbox]
