"""What a REST call that failed means for the next step.

https://www.twilio.com/docs/api/errors
"""

from enum import StrEnum

from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from bot.http_bounds import HttpError
from bot.whatsapp.rest_client import BusyError
from db.delivery.codes import TOO_MUCH
from db.errors import OperatorError

DOCS = "https://www.twilio.com/docs/errors/"
# About this very message or the one it goes to: the same would be said again. Only
# these are final. What is said of the account, its numbers and its tokens ends when the
# operator mends it; and a code that we don't know may be either.
FINAL = frozenset(
    {
        *(14103, 21211, 21214, 21217, 21408, 21602, 21604, 21605, 21608, 21610),
        *(21612, 21614, 21617, 21618, 21619, 21620, 21621, 21622, 21623, 21654),
        *(21655, 21656, 21658, 63003, 63005, 63006, 63008, 63009, 63013, 63014),
        *(63015, 63016, 63019, 63021, 63022, 63024, 63027, 63028, 63030, 63031),
        *(63032, 63033, 63036, 63040, 63041, 63042, 63049),
    }
)


class Outcome(StrEnum):
    """What a send that failed means for the next step."""

    SAFE = "safe"  # Twilio surely did not take it: try again
    REFUSED = "refused"  # the same, but not before the operator mends something
    PERMANENT = "permanent"  # it never will
    UNKNOWN = "unknown"  # it may have been sent: look before trying again


class DeliveryError(OperatorError):
    """A send that failed.

    `code` is Twilio's; `retry_after`, in seconds, is set where that is known better
    than by a growing pause.
    """

    def __init__(
        self,
        outcome: Outcome,
        reason: str,
        code: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.code = code
        self.retry_after = retry_after


def explain(error: Exception) -> DeliveryError:
    """Return what an exception of a REST call means for the next step."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        refusal = _explain_refusal(error.status, error.code)
        if isinstance(error, BusyError):
            refusal.retry_after = error.seconds
        return refusal
    reason = str(error) if isinstance(error, HttpError) else type(error).__name__
    if isinstance(error, HttpError) and not error.may_have_arrived:
        return DeliveryError(Outcome.SAFE, f"Twilio can't be reached: {reason}")
    return DeliveryError(Outcome.UNKNOWN, f"no answer from Twilio: {reason}")


def _explain_refusal(status: int, told: object) -> DeliveryError:
    """Explain an answer, of Twilio or of a proxy before it.

    Not with its message: who answers there may quote our request, secrets and all. The
    SDK gives the HTTP status for a code where there is none.
    """
    code = told if isinstance(told, int) and told != status else None
    if code is None:
        reason = f"who answers for Twilio said {status}, without a code of Twilio's"
    else:
        reason = f"Twilio said {status}, code {code}, see {DOCS}{code}"
    return DeliveryError(_outcome(status, code), reason, code)


def _outcome(status: int, code: int | None) -> Outcome:
    if status == 429 or code in TOO_MUCH:
        return Outcome.SAFE
    if status >= 500:
        return Outcome.UNKNOWN
    is_final = status == 400 and code in FINAL
    return Outcome.PERMANENT if is_final else Outcome.REFUSED
