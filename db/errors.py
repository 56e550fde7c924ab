"""Errors that speak to the person who runs the bot."""


class OperatorError(Exception):
    """Says what happened and what to do; shown without a stack trace."""


class StoreUnavailableError(OperatorError):
    """The store can't be reached now; the same call may go through later."""
