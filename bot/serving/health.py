"""What a supervisor, a load balancer and Prometheus ask."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot.observability import bears

NOTHING_SET = "There are metrics where METRICS_TOKEN is set, for who sends it.\n"
SEND_IT = "Send METRICS_TOKEN, as Authorization: Bearer ...\n"


def health_routes(
    find_fault: Callable[[], str | None], about: str, token: str | None
) -> Blueprint:
    """Return /healthz, /readyz and /metrics; the last one only with a token.

    `find_fault` says why we aren't ready; `about` is told beside: which code this is.
    Both are told to who bears the token: this port is for strangers.
    """
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @routes.get("/readyz")
    def readyz() -> Response:
        fault = find_fault()
        text = "ready\n" if fault is None else "not ready\n"
        if bears(token, request.headers.get("Authorization")):
            text = f"{fault or 'ready'}\n{about}\n"
        status = 200 if fault is None else 503
        return Response(text, status, mimetype="text/plain")

    @routes.get("/metrics")
    def metrics() -> Response:
        return _show_metrics(token)

    return routes


def _show_metrics(token: str | None) -> Response:
    if token is None:
        return Response(NOTHING_SET, 404, mimetype="text/plain")
    if not bears(token, request.headers.get("Authorization")):
        bearer = {"WWW-Authenticate": "Bearer"}
        return Response(SEND_IT, 401, bearer, mimetype="text/plain")
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


class _Numbers(MultiProcessCollector):
    """The numbers of all web processes; one that just starts has written none."""

    def collect(self) -> Iterable[Any]:
        files = Path(self._path).glob("*.db")
        written = [str(file) for file in files if file.stat().st_size]
        return self.merge(written, accumulate=True)  # type: ignore[no-untyped-call, no-any-return]


def _registry() -> CollectorRegistry:
    """Return the numbers of all web processes where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    _Numbers(registry)  # type: ignore[no-untyped-call]
    return registry
