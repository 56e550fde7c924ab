"""Every page and every form of the console, asked with its own database role."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyotp
import pytest

from bot.console.parts import Console
from bot.settings import Settings
from bot.wiring.console import build_console
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap
from db.tools.calls import ToolCalls
from tests.bot.console.walking import Walker, a_file
from tests.bot.media.outgoing import files
from tests.db.access.logins import three_roles
from tests.db.knowledge.storing import store
from tests.db.logins.cheap import BETTER, GOOD, add_account
from tests.db.sql import change, take_in, value, values
from tests.db.tools.ledger import asked, call_of
from tests.records import ANA, BEN, answer_to, said

SID = "HX" + "0" * 32
TEMPLATES = (
    f'[{{"content_sid": "{SID}", "title": "Ready", "text": "It is {{{{1}}}}."}}]'
)
SHOW_CAKE = """
INSERT INTO media (user_id, message_sid, position, state, media_type, sha256)
SELECT user_id, messages -> 0 ->> 'message_sid', 0, 'read', 'application/pdf', sha256
FROM users JOIN userchats ON customer_id = user_id, media_contents
WHERE phone_number = %(address)s LIMIT 1 RETURNING message_sid
"""
ADD_PROPOSAL = """
WITH new AS (
  INSERT INTO proposals (kind, terms) VALUES (%(kind)s, 'x') RETURNING id
)
INSERT INTO proposal_sources (proposal_id, kind, reference_id, user_id, chat_id,
                              question, told)
SELECT id, 'takeover', gen_random_uuid(), %(user_id)s, 'x', 'When?', 'At ten.' FROM new
"""
LIST = "sku,name,price\nR1,Rye bread,4.20\n"


@pytest.fixture
def walker(database_url: str, database: Database) -> Iterator[Walker]:
    """A browser at a console that opens the database as its own role."""
    with three_roles(database_url) as urls:
        known = {"CONSOLE_SECRET_KEY": "k" * 32, "CONSOLE_TEMPLATES": TEMPLATES}
        known |= {"DATABASE_URL": urls["console"], "OPENAI_API_KEY": "sk-none"}
        app = build_console(Settings.from_env(known))
        console: Console = app.extensions["console"]
        with closing(console.database):
            yield Walker(app)


def of(database: Database, address: str) -> UUID:
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=address)
    return found


def log_in(walker: Walker, password: str, status: int = 303) -> None:
    walker.get("/login")
    typed = {"email": "olga@shop.example", "password": password}
    walker.send("/login", "/login", status, **typed)


def walk_accounts(walker: Walker, database: Database) -> None:
    """One's own account: password, second factor, log-ins; and a colleague's."""
    own = "/account"
    new = {"current": GOOD, "password": BETTER, "again": BETTER}
    walker.send(own, f"{own}/password", **new)
    walker.send(own, f"{own}/second-factor")
    shown = walker.get(f"{own}/second-factor")
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', shown)
    assert found is not None
    code = pyotp.TOTP(found[1].replace(" ", "")).now
    confirm = f"{own}/second-factor/confirm"
    walker.send(f"{own}/second-factor", confirm, current=BETTER, code=code())
    elsewhere = Walker(walker.app)
    change(database, "UPDATE second_factors SET last_step = last_step - 5")
    log_in(elsewhere, "wrong password", 403)
    log_in(elsewhere, BETTER)
    elsewhere.send("/second-factor", "/second-factor", code=code())
    walker.seen |= elsewhere.seen
    walker.send(own, f"{own}/sessions")
    change(database, "UPDATE second_factors SET last_step = last_step - 5")
    remove = {"current": BETTER, "code": code()}
    walker.send(own, f"{own}/second-factor/remove", **remove)


def walk_a_chat(walker: Walker, database: Database, pg: PostgresChatStore) -> None:
    """A customer's chat: taken, answered, noted upon, corrected, resolved, given."""
    asked = said("When do you open?", profile_name="Ana")
    reply = answer_to(asked, text="At ten.", gap=Gap("When do you open?", ("open",)))
    assert pg.record_reply(take_in(pg, asked), reply)
    chat = f"/chats/{of(database, ANA)}"
    walker.get(chat)
    walker.get(f"{chat}/news?state=x")
    walker.send(chat, f"{chat}/take")
    walker.send(chat, f"{chat}/reply", text="I am Olga.")
    walker.send(chat, f"{chat}/give", to="queue")
    for page in ("/", "/inbox/poll?since=x", "/?q=open", "/?state=queue&label=x"):
        walker.get(page)
    walker.send(chat, f"{chat}/reply", text="It is I again.")
    olga = value(database, "SELECT user_id FROM users WHERE role = 'super_admin'")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()[:16]
    for what, typed in (
        ("note", {"text": "Be kind."}), ("assign", {"operator": str(olga)}),
        ("priority", {"priority": "high"}), ("labels", {"labels": "tax, bread"}),
        ("subject", {"subject": "Opening"}), ("snooze", {"until": tomorrow}),
        ("resolve", {}), ("take", {}), ("give", {"to": "bot"}),
    ):  # fmt: skip
        walker.send(chat, f"{chat}/{what}", **typed)
    correct = f"{chat}/correct/{reply.turn.reference_id}"
    told = {"question": "When do you open?", "answer": "At nine."}
    for _ in range(2):
        walker.send(correct, correct, **told)
    walk_calls(walker, database, pg, chat)
    walk_media_and_ratings(walker, database, chat, reply.turn.reference_id)
    walk_a_closed_window(walker, database, pg)


def walk_calls(
    walker: Walker, database: Database, pg: PostgresChatStore, chat: str
) -> None:
    """Calls of tools that wait to be allowed: one allowed, one refused."""
    called_for = asked(pg).called_for
    for position, answer in enumerate(("allow", "refuse")):
        call = call_of(called_for, position, state="waiting")
        assert ToolCalls(database).write(call, called_for) == "begun"
        walker.send(chat, f"{chat}/calls/{call.call_id}", answer=answer)


def walk_media_and_ratings(
    walker: Walker, database: Database, chat: str, answer: str | None
) -> None:
    """What came and was sent beside text, twice the same; answers judged."""
    for _ in range(2):
        file_sent = a_file(files.PDF, "cake.pdf")
        walker.send(chat, f"{chat}/reply", text="The cake", file=file_sent)
    sent = value(database, "SELECT reference_id FROM reply_parts WHERE media <> '[]'"
                           " ORDER BY sequence DESC LIMIT 1")  # fmt: skip
    walker.get(f"{chat}/sent/{sent}/0")
    sid = value(database, SHOW_CAKE, address=ANA)
    walker.get(f"{chat}/came/{sid}/0")
    rate = f"{chat}/rate/{answer}"
    for rating in ("good", "bad"):
        walker.send(chat, rate, rating=rating, text="Well said")


def walk_a_closed_window(
    walker: Walker, database: Database, pg: PostgresChatStore
) -> None:
    long_ago = said("Is it ready?", BEN)
    stamp = datetime.now(UTC) - timedelta(days=2)
    take_in(pg, replace(long_ago, turn=replace(long_ago.turn, timestamp=stamp)))
    chat = f"/chats/{of(database, BEN)}"
    walker.send(chat, f"{chat}/template", value_1="ready")


def walk_knowledge(walker: Walker, database: Database, folder: Path) -> None:
    """Documents and products in and out, a gap answered, a question tried."""
    at, lists = "/knowledge", "/knowledge/products"
    walker.send(at, at, file=a_file("We open at nine.", "hours.txt"), title="Hours")
    sent = value(database, "SELECT max(id) FROM documents")
    walker.send(f"{at}/{sent}", f"{at}/{sent}/remove")
    file = folder / "bread.txt"
    file.write_text("Rye bread is baked at night.")
    held = store(database, "Rye bread was baked.", title="Bread")
    place = "UPDATE documents SET file_path = %(path)s WHERE id = %(id)s"
    change(database, place, path=str(file), id=held)
    walker.send(f"{at}/{held}", f"{at}/{held}/refresh")
    for again in ({"check": "on"}, {}, {}):
        status = 200 if again else 303
        file_sent = {"file": a_file(LIST, "list.csv"), "currency": "EUR"}
        walker.send(lists, lists, status, **file_sent, **again)
    shorter = a_file(LIST.replace("R1", "R2"), "list.csv")
    walker.send(lists, lists, file=shorter, currency="EUR")
    assert "Rye bread" in walker.get(f"{lists}?q=rye")
    walker.get(f"{at}/ask?q=When+is+rye+bread+baked")
    gap = value(database, "SELECT id FROM knowledge_gaps")
    gaps = f"{at}/gaps"
    walker.send(f"{gaps}?all=on", f"{gaps}/{gap}", answer="At nine, always.")
    walk_proposals(walker, database)


def walk_proposals(walker: Walker, database: Database) -> None:
    """Of each kind one: found, applied, undone; and dismissed."""
    change(database, "UPDATE knowledge_gaps SET answered_by = NULL")
    at = "/knowledge/proposals"
    walker.send(at, at)
    for kind in ("rule", "canned"):
        change(database, ADD_PROPOSAL, kind=kind, user_id=of(database, ANA))
    ids = values(database, "SELECT max(id) FROM proposals GROUP BY kind ORDER BY 1")
    assert len(ids) == 3
    for number in ids:
        one = f"{at}/{number}"
        applied = walker.send(one, f"{one}/apply", title="Opening?", text="At eight.")
        assert "At eight." in applied
        walker.send(one, f"{one}/undo")
        walker.send(one, f"{one}/dismiss")


def walk_people_and_settings(walker: Walker, database: Database) -> None:
    """Customers: exported, deactivated, erased. Operators, texts, audit, numbers."""
    ana, ben = of(database, ANA), of(database, BEN)
    walker.get("/people?q=ana")
    for active in ("off", "on"):
        walker.send(f"/people/{ana}", f"/people/{ana}/active", active=active)
    held = walker.send(f"/people/{ana}", f"/people/{ana}/export", 200)
    assert "It is I again." in held
    walker.send(f"/people/{ben}", f"/people/{ben}/erase", typed=BEN)
    for page in ("/numbers?days=30", "/settings/audit?days=1"):
        walker.get(page)
    assert "<code>OPENING_HOURS</code>" in walker.get("/settings")
    assert "Welcome back!" in walker.get("/settings/texts")
    walk_replies(walker, database)
    walk_operators(walker, database)


def walk_replies(walker: Walker, database: Database) -> None:
    at, typed = "/settings/replies", {"title": "Hello", "body": "Hello {name}"}
    walker.send(at, at, **typed)
    number = value(database, "SELECT id FROM canned_replies")
    walker.send(at, f"{at}/{number}", **typed | {"body": "Dear {name}"})
    ana = of(database, ANA)
    assert walker.get(f"/chats/{ana}/canned/{number}") == "Dear Ana"
    walker.send(at, f"{at}/{number}/remove")


def walk_operators(walker: Walker, database: Database) -> None:
    at = "/settings/operators"
    typed = {"email": "nina@shop.example", "name": "Nina", "role": "supporter"}
    shown = walker.send(at, at, 200, **typed)
    found = re.search(r'value="http://127.0.0.1:8002(/invitation/[^"]+)"', shown)
    assert found is not None
    elsewhere = Walker(walker.app)
    chosen = {"password": BETTER, "again": BETTER}
    elsewhere.send(found[1], found[1], **chosen)
    begin = "/account/second-factor"
    elsewhere.send("/account", begin)
    page = elsewhere.get(begin)
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    elsewhere.send(begin, f"{begin}/confirm", current=BETTER, code=code)
    walker.seen |= elsewhere.seen
    nina = value(database, "SELECT user_id FROM users WHERE full_name = 'Nina'")
    walker.send(at, f"{at}/{nina}/factor/reset")
    for what, typed in (
        ("sessions/end", {}), ("role", {"role": "admin"}),
        ("active", {"active": "off"}),
        ("active", {"active": "on"}), ("role", {"role": "user"}),
    ):  # fmt: skip
        walker.send(at, f"{at}/{nina}/{what}", **typed)


def test_its_role_may_do_all_that_the_pages_offer(
    walker: Walker, database: Database, pg: PostgresChatStore, tmp_path: Path
) -> None:
    add_account(database, "super_admin")
    log_in(walker, GOOD)
    walk_accounts(walker, database)
    walk_a_chat(walker, database, pg)
    walk_knowledge(walker, database, tmp_path)
    walk_people_and_settings(walker, database)
    walker.send("/", "/logout")
    assert walker.unseen() == set()
