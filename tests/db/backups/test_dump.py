"""What pg_restore's end means, also a newer one's than the server."""

import os
import sys

import pytest

from db.backups.dump import check_end
from db.backups.programs import start_program
from db.errors import OperatorError

# As version 17 says it of a server of version 16.
NEWER = """\
pg_restore: error: could not execute query: ERROR:  unrecognized configuration \
parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;

"""
FAILED = """\
pg_restore: error: COPY failed for table "users": ERROR:  invalid input syntax
CONTEXT:  COPY users, line 5: "whatsapp:+15551230001"
"""
IGNORED = "pg_restore: warning: errors ignored on restore: 1\n"


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        pytest.param("", 0, None, id="all went well"),
        pytest.param(NEWER + IGNORED, 1, None, id="a setting of a newer version"),
        pytest.param(NEWER + FAILED + IGNORED, 1, "invalid input", id="data"),
        pytest.param("", 1, "gives no reason", id="no word"),
        pytest.param("", -9, "gives no reason", id="killed"),
    ],
)
def test_only_what_does_no_harm_is_passed_over(
    said: str, code: int, told: str | None
) -> None:
    end = f"os.kill(os.getpid(), {-code})" if code < 0 else f"sys.exit({code})"
    script = f"import os, sys; sys.stderr.write({said!r}); {end}"
    with start_program([sys.executable, "-c", script], os.environ) as tool:
        if told is None:
            check_end(tool)
            return
        with pytest.raises(OperatorError, match=told) as error:
            check_end(tool)
        assert "1555" not in str(error.value)
