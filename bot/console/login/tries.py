"""A try at a password or a code: counted, checked, noted where it failed."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from bot.console.login.entering import address
from bot.console.parts import console
from db.logins.accounts import LONGEST_EMAIL
from db.logins.attempts import Key, account_key, address_key, begin_try, end_try
from db.logins.audit import Action, record_audit

WRONG = "E-mail address or password is wrong."
WRONG_PASSWORD = "The password is wrong."  # noqa: S105  (a sentence)
WRONG_CODE = "This code is wrong, or was used: wait for the next one."


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a try came to nothing, for the page; `wait` is in seconds, if it must be."""

    told: str
    status: int
    wait: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides."""
        return {"Retry-After": str(self.wait)} if self.wait else {}


def try_once(
    key: Key, check: Callable[[], bool], wrong: str, whose: UUID | None
) -> Refused | None:
    """Return None if the check says yes, else what to tell; it may not even be asked.

    What was typed is not kept: it may be a password in the wrong field.
    """
    database = console().database
    keys = (key, address_key(address()))
    if wait := begin_try(database, keys):
        return Refused(_describe_wait(wait), 429, wait)
    if check():
        end_try(database, keys)
        return None
    why = "code" if wrong == WRONG_CODE else "password"
    record_audit(
        database, actor_id=None, action=Action.LOGIN_FAILED, subject_id=whose,
        address=address(), details={"why": why},
    )  # fmt: skip
    return Refused(wrong, 403)


def account_key_of(email: str) -> Key:
    """Return what tries at an account are counted by, whether it is there or not."""
    return account_key(email.strip().lower()[: LONGEST_EMAIL + 1])


def _describe_wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    shown = f"{seconds} s" if seconds < 100 else f"{minutes} minutes"
    return f"Too many tries failed: wait {shown}, then try again."
