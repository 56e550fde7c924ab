"""Errors that speak to the person who runs the bot."""


class OperatorError(Exception):
    """Says what happened and what to do; shown without a stack trace."""


class StoreUnavailableError(OperatorError):
    """The store can't be reached now; the same call may go through later."""


class FruitlessError(Exception):
    """A lookup found nothing out; its text is for the LLM that asked.

    `why` is for the operator. `is_away`: the database is, and may come back;
    `is_fault`: the lookup can't be made until somebody mends it.
    """

    def __init__(
        self, told: str, why: str, *, is_away: bool = False, is_fault: bool = False
    ) -> None:
        super().__init__(told)
        self.why = why
        self.is_away = is_away
        self.is_fault = is_fault
