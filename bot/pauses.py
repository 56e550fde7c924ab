"""For how long a server asks to be left alone, whoever it is.

https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

# A longer pause that a server asks for is kept in pieces: users get their notice, and
# what is too old its apology, only when a message is tried again.
LONGEST_PAUSE_SECONDS = 60.0


def read_pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After, within bounds; None: nothing was asked."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _seconds(str(headers.get(name, "")), factor)
        if seconds is not None and seconds > 0:
            return min(seconds, LONGEST_PAUSE_SECONDS)
    return None


def _seconds(value: str, factor: float) -> float | None:
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value.strip(), re.ASCII):
        return float(value) * factor
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
