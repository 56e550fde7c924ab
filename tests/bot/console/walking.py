"""A browser that sends forms as their pages carry them, and knows where it was."""

import html
import io
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from tests.bot.console.conftest import ORIGIN

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
BY_ITSELF = frozenset({"static", "health.healthz", "health.readyz", "health.metrics"})


def a_file(content: str | bytes, name: str) -> FileStorage:
    """Return a file as a form sends it."""
    whole = content.encode() if isinstance(content, str) else content
    return FileStorage(io.BytesIO(whole), name)


class Walker:
    """Goes from page to page of a console; `seen` are the routes that it asked."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.seen: set[tuple[str, str]] = set()
        self._routes = app.url_map.bind("127.0.0.1:8002")

    def get(self, path: str, status: int = 200) -> str:
        """Open a page."""
        return self._ask("GET", path, status).text

    def send(self, page: str, action: str, status: int = 303, /, **typed: Any) -> str:
        """Send the form of a page that leads to `action`; return what is shown then."""
        data = {**self.form(self.get(page), action), **typed}
        answer = self._ask("POST", action, status, data)
        if answer.status_code != 303:
            return answer.text
        shown = self.get(urlsplit(answer.location or "").path)
        assert 'role="alert"' not in shown, (action, shown)
        return shown

    def form(self, text: str, action: str) -> dict[str, str]:
        """Return what a form carries that nobody types."""
        found = re.search(
            r'<form(?=[^>]*method="post")[^>]*'
            rf'action="{re.escape(action)}"[^>]*>(.*?)</form>',
            text,
            re.S,
        )
        assert found, (action, text)
        return {name: html.unescape(v) for name, v in HIDDEN.findall(found[1])}

    def unseen(self) -> set[tuple[str, str]]:
        """Return the routes that were not asked yet, with their methods."""
        every = {
            (rule.endpoint, method)
            for rule in self.app.url_map.iter_rules()
            for method in (rule.methods or set()) & {"GET", "POST"}
            if rule.endpoint not in BY_ITSELF
        }
        return every - self.seen

    def _ask(
        self, method: str, path: str, status: int, data: dict[str, Any] | None = None
    ) -> TestResponse:
        endpoint, _ = self._routes.match(urlsplit(path).path, method)
        self.seen.add((endpoint, method))
        headers = {"Origin": ORIGIN} if method == "POST" else {}
        answer = self.client.open(
            path, method=method, base_url=ORIGIN, headers=headers, data=data
        )
        assert answer.status_code == status, (method, path, answer.text)
        return answer
