"""What others wrote stands on every page as text, whichever field it came by."""

from urllib.parse import quote

import pytest

from db.database import Database
from tests.bot.console.conftest import app_of
from tests.bot.console.hostile.conftest import TRICK, Place, all_pieces, tricks_in

PAGES = (
    "/", "/?state=queue", "/?state=human", "/?state=bot", "/?state=mine",
    "/?state=resolved", "/?label={trick}", "/?q=img", "/?q=now", "/?q={trick}",
    "/inbox/poll?since=x", "/inbox/poll?since={trick}&state=queue",
    "/chats/{user_id}", "/chats/{user_id}?canned={canned_id}", "/chats/{user_id}/news",
    "/chats/{user_id}/news?state={trick}", "/chats/{user_id}?before=1",
    "/chats/{user_id}?chat={chat_id}", "/chats/{ben}?chat={closed}",
    "/chats/{user_id}/correct/{reference_id}",
    "/people", "/people?q=img", "/people?q={trick}", "/people/{user_id}",
    "/people/{user_id}/erasing",
    "/knowledge", "/knowledge/{document_id}", "/knowledge/products",
    "/knowledge/products?q={trick}", "/knowledge/gaps", "/knowledge/gaps?all=on",
    "/knowledge/ask?q=img", "/knowledge/ask?q={trick}",
    "/numbers", "/numbers?days={trick}",
    "/settings", "/settings/replies", "/settings/operators", "/settings/audit",
    "/settings/audit?action={trick}&by={trick}",
    "/account", "/login?after={trick}",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_page_lets_a_word_act(place: Place, path: str) -> None:
    place.ids["trick"] = quote(TRICK)
    answer = place.ask("super_admin", place.filled(path))
    assert answer.status_code in {200, 303}
    assert tricks_in(answer.text) == []


def test_no_area_takes_another_ones_filter(database: Database) -> None:
    """Else what makes text safe on a page depends on the order of the menu."""
    filters: dict[str, object] = {}
    for piece in all_pieces():
        mine = app_of(database, [piece], []).jinja_env.filters
        taken = [n for n, made in mine.items() if filters.setdefault(n, made) != made]
        assert taken == [], piece.routes.name
