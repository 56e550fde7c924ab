"""Why a server is of no use now, in words that hold nothing of what it said."""

from collections.abc import Iterator

from mcp import MCPError

# https://www.jsonrpc.org/specification#error_object, and the SDK's own.
CLOSED, LATE = -32000, -32001


class ServerFault(Exception):  # noqa: N818  (what happened is its text)
    """A server that is started or reached anew; the text is the reason, for operators.

    It goes on "The server shop …".
    """


def reason_of(error: BaseException) -> str:
    """Return the words for whatever ended a connection."""
    told = list(_leaves(error))
    for each in told:
        if isinstance(each, ServerFault):
            return str(each)
    first = told[0]
    if isinstance(first, MCPError):
        return _reason_of_refusal(first)
    if isinstance(first, TimeoutError):
        return "did not answer in time"
    if isinstance(first, OSError):
        return f"can't be started or reached ({type(first).__name__})"
    return f"can't be used ({type(first).__name__})"


def _reason_of_refusal(error: MCPError) -> str:
    if error.code == CLOSED:
        return "closed the connection"
    return "did not answer in time" if error.code == LATE else f"refused ({error.code})"


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
