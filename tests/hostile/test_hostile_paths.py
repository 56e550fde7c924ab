"""Other paths and methods than Twilio's."""

from urllib.parse import urlencode

import pytest

from tests.bot.whatsapp.twilio_calls import INBOUND, STATUS
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.hostile import (
    BODY,
    FORM,
    Hostile,
    is_refused,
    sent_to,
    to,
    with_body,
)
from tests.hostile.raw_http import build, post

OVERRIDE = "X-HTTP-Method-Override"
UP = "/webhooks/%2e%2e/webhooks/whatsapp"

PATHS = [
    Hostile("a slash at the end", to(f"{INBOUND}/"), 404),
    Hostile("a slash at the end, signed without", sent_to(f"{INBOUND}/"), 404),
    Hostile("a slash more inside", to("/webhooks//whatsapp"), 404),
    Hostile("a parameter", to(f"{INBOUND};x=planted"), 404),
    Hostile("a step up", to("/webhooks/../webhooks/whatsapp"), 404),
    Hostile("a step up, in hex", to(UP), 404),
    Hostile("a step up, in hex of hex", to(UP.replace("%", "%25")), 404),
    Hostile("a backslash", to("/webhooks\\whatsapp"), 404),
    Hostile("a NUL", to(f"{INBOUND}%00"), 404),
    Hostile("in capitals", to(INBOUND.upper()), 404),
    Hostile("below the status path", to(f"{STATUS}/planted"), 404),
    Hostile("a fragment", to(f"{INBOUND}#planted"), 403),
    Hostile("a hidden file", build("GET", "/static/../../.env?planted"), 404),
    Hostile("a hidden file, in hex", build("GET", "/static/%2e%2e%2f.env"), 404),
    Hostile("a template", build("GET", "/{{7*7}}/%7B%7Bplanted%7D%7D"), 404),
    Hostile("markup", build("GET", "/<script>planted</script>"), 404),
    Hostile("no path", build("GET", PLANTED), 400),
    Hostile("Latin letters", build("GET", "/plant\u00e9"), 400),
    Hostile("an address elsewhere", build("GET", "http://evil.example/planted"), 404),
    Hostile("a port that is none", build("GET", "http://evil:planted/"), 404),
    Hostile("half an address", build("GET", "http://[evil/planted"), 400),
]

METHODS = [
    *[
        Hostile(f"{method} of {path}", to(path, method), 405)
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
        for path in (INBOUND, STATUS)
    ],
    Hostile("OPTIONS", to(INBOUND, "OPTIONS"), 200),
    Hostile("a query", post({}, f"{INBOUND}?{urlencode(FORM)}", method="GET"), 405),
    Hostile("a POST said to be PUT", with_body(BODY + b"!", (OVERRIDE, "PUT")), 403),
    Hostile(
        "a GET said to be POST",
        post(FORM, method="GET", headers=[(OVERRIDE, "POST")]),
        405,
    ),
    Hostile("a tunnel", build("CONNECT", "evil.example:443"), 404),
    Hostile("markup", build("<planted>", INBOUND), 400),
    Hostile("in small letters", to(INBOUND, "post"), 400),
    Hostile("POST of /healthz", to("/healthz"), 405),
    Hostile("POST of /readyz", to("/readyz"), 405),
    Hostile("POST of /metrics", to("/metrics"), 405),
]


@pytest.mark.parametrize("hostile", PATHS, ids=lambda h: h.says)
def test_another_path_leads_nowhere(target: Target, hostile: Hostile) -> None:
    is_refused(target, hostile)


@pytest.mark.parametrize("hostile", METHODS, ids=lambda h: h.says)
def test_another_method_does_nothing(target: Target, hostile: Hostile) -> None:
    is_refused(target, hostile)
