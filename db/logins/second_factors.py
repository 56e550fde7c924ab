"""Second factors: codes of an app (TOTP, RFC 6238), each taken once."""

import hmac
import time
from uuid import UUID

import pyotp

from db.database import Connection, Statements
from db.logins.audit import Action, record_audit
from db.logins.sessions import end_sessions

STEP_SECONDS = 30
DRIFT_STEPS = (0, -1, 1)
DIGITS = 6

# A second one begins only where none is in use: nobody replaces one by the way.
BEGIN = """
INSERT INTO second_factors (user_id, secret) VALUES (%(user_id)s, %(secret)s)
ON CONFLICT (user_id) DO UPDATE SET secret = %(secret)s, last_step = NULL
WHERE second_factors.confirmed_at IS NULL
"""
FIND_BEGUN = """
SELECT secret FROM second_factors
WHERE user_id = %(user_id)s AND confirmed_at IS NULL
"""
FIND = "SELECT secret FROM second_factors WHERE user_id = %(user_id)s"
TAKE = """
UPDATE second_factors SET last_step = %(step)s,
  confirmed_at = COALESCE(confirmed_at, now())
WHERE user_id = %(user_id)s AND secret = %(secret)s
  AND (last_step IS NULL OR last_step < %(step)s)
"""
RESET = "DELETE FROM second_factors WHERE user_id = %(user_id)s"


def begin_factor(connection: Statements, user_id: UUID) -> bool:
    """Make a secret that waits for its first code; tell whether none is in use."""
    row = {"user_id": user_id, "secret": pyotp.random_base32()}
    return bool(connection.count(BEGIN, row))


def find_begun(connection: Statements, user_id: UUID) -> str | None:
    """Return the secret that waits for its first code, for the app to be told."""
    secret: str | None = connection.scalar(FIND_BEGUN, {"user_id": user_id})
    return secret


def describe_factor(secret: str, email: str, issuer: str) -> str:
    """Return what the app reads from a picture (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def take_code(
    connection: Statements, user_id: UUID, code: str, at: float | None = None
) -> bool:
    """Tell whether a code is right now (or `at`, in Unix seconds), and use it up.

    The step before and the one after count as well: clocks differ. The first right
    code has the factor asked from then on.
    """
    secret: str | None = connection.scalar(FIND, {"user_id": user_id})
    step = _find_step(secret, code, time.time() if at is None else at)
    if step is None:
        return False
    known = {"user_id": user_id, "secret": secret, "step": step}
    return bool(connection.count(TAKE, known))


def reset_factor(
    connection: Connection,
    user_id: UUID,
    by: UUID | None,
    *,
    address: str | None = None,
    but: str | None = None,
) -> bool:
    """Have no code asked any more, and end the sessions; tell whether one was set.

    `by` is the operator who did it, None: a command. `but` is a cookie that holds on.
    """
    if not connection.count(RESET, {"user_id": user_id}):
        return False
    end_sessions(connection, user_id, but=but)
    record_audit(
        connection, actor_id=by, action=Action.FACTOR_RESET, subject_id=user_id,
        address=address,
    )  # fmt: skip
    return True


def _find_step(secret: str | None, code: str, at: float) -> int | None:
    """Return the step whose code this is."""
    typed = "".join(code.split())
    if secret is None or len(typed) != DIGITS or not typed.isascii():
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    now = int(at // STEP_SECONDS)
    for drift in DRIFT_STEPS:
        step = now + drift
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), typed):
            return step
    return None
