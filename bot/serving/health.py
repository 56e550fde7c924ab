"""What a supervisor, a load balancer and Prometheus ask."""

import os
from collections.abc import Callable

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector


def health_routes(find_fault: Callable[[], str | None], about: str) -> Blueprint:
    """Return /healthz, /readyz and /metrics.

    `find_fault` says why we aren't ready; `about` is told beside: which code this is.
    """
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @routes.get("/readyz")
    def readyz() -> Response:
        fault = find_fault()
        status = 200 if fault is None else 503
        text = f"{fault or 'ready'}\n{about}\n"
        return Response(text, status, mimetype="text/plain")

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)

    return routes


def _registry() -> CollectorRegistry:
    """Return the numbers of all web processes where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
