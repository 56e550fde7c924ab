"""The pages about people."""

import json
from uuid import UUID, uuid4

import pytest

from bot.console.people.routes import piece
from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.erasure import erase_person
from db.queue.jobs import ERASE_PERSON
from tests.bot.console.conftest import add_operator
from tests.bot.console.pages import HOSTILE, assert_harmless, audited, console_for
from tests.db.sql import change, load, take_in, value
from tests.records import ANA, BEN, said


def write_as(pg: PostgresChatStore, address: str, name: str) -> UUID:
    message = said("Do you have rye bread?", address, profile_name=name)
    return load(pg, take_in(pg, message)).user_id


@pytest.mark.parametrize(
    ("role", "status"), [("supporter", 403), ("admin", 200), ("super_admin", 200)]
)
def test_people_are_seen_by_admins(
    pg: PostgresChatStore, database: Database, role: str, status: int
) -> None:
    ana = write_as(pg, ANA, "Ana")
    client, _ = console_for(database, role, piece())
    assert client.get("/people").status_code == status
    assert client.get(f"/people/{ana}").status_code == status
    assert client.post(f"/people/{ana}/export").status_code == status
    changed = client.post(f"/people/{ana}/active", data={"active": "off"})
    assert changed.status_code == (303 if status == 200 else status)
    if status == 403:
        assert audited(database) == []


def test_people_are_found_by_name_number_and_email(
    pg: PostgresChatStore, database: Database
) -> None:
    write_as(pg, ANA, "Ana_100%")
    write_as(pg, BEN, "Ben")
    client, _ = console_for(database, "admin", piece())

    def found(words: str) -> set[str]:
        page = client.get("/people", query_string={"q": words}).text
        names = ("Ana_100%", "Ben", "Olga admin")
        return {name for name in names if f">{name}</bdi></a>" in page}

    assert found("") == {"Ana_100%", "Ben", "Olga admin"}
    assert found("ben") == {"Ben"}
    assert found("+1 (555) 123-0001") == {"Ana_100%"}
    assert found("olga") == {"Olga admin"}
    assert found("a_1") == {"Ana_100%"}
    assert found("%") == {"Ana_100%"}
    assert found("whatsapp:+15551230002") == {"Ben"}
    assert found("\x00' OR true --") == set()


def test_a_list_goes_on_page_by_page(database: Database) -> None:
    change(
        database,
        "INSERT INTO users (phone_number, full_name, created_at)"
        " SELECT 'whatsapp:+1666000' || n, 'Guest ' || n || '.',"
        " timestamptz '2026-01-01' + n * interval '1 s' FROM generate_series(1, 60) n",
    )
    client, _ = console_for(database, "admin", piece())
    first = client.get("/people?q=guest").text
    assert "Guest 60." in first
    assert "Guest 10." not in first
    assert "page=2" in first
    second = client.get("/people?q=guest&page=2").text
    assert "Guest 10." in second
    assert "page=3" not in second
    for page in ("0", "-1", "x", "9" * 5000):
        assert client.get("/people", query_string={"page": page}).status_code == 200


def test_what_people_call_themselves_is_text(
    pg: PostgresChatStore, database: Database
) -> None:
    ana = write_as(pg, ANA, HOSTILE)
    change(database, "SELECT open_ticket(%(a)s, 'asked', %(s)s)", a=ana, s=HOSTILE)
    change(
        database,
        "INSERT INTO documents (title, file_path, file_type, user_id)"
        " VALUES (%(t)s, 'x', 'text', %(a)s)",
        t=HOSTILE, a=ana,
    )  # fmt: skip
    client, _ = console_for(database, "admin", piece())
    assert_harmless(client.get("/people").text)
    page = client.get(f"/people/{ana}").text
    assert_harmless(page)
    assert page.count("&lt;img") >= 4  # title, heading, ticket, document


def test_a_look_at_a_person_is_written_down(
    pg: PostgresChatStore, database: Database
) -> None:
    ana = write_as(pg, ANA, "Ana")
    client, _ = console_for(database, "admin", piece())
    wishes = (
        'INSERT INTO user_preferences SELECT user_id, \'{"length": "long"}\' FROM users'
    )
    assert "nothing special" in client.get(f"/people/{ana}").text
    change(database, f"{wishes} WHERE phone_number IS NOT NULL")
    page = client.get(f"/people/{ana}").text
    assert "+15551230001" in page
    assert "length: long" in page
    assert audited(database) == [("read person", ana, None)] * 2
    assert client.get(f"/people/{uuid4()}").status_code == 404


def test_an_export_holds_all_of_one_person(
    pg: PostgresChatStore, database: Database
) -> None:
    ana = write_as(pg, ANA, "Ana\u202e")
    write_as(pg, BEN, "Ben")
    client, _ = console_for(database, "admin", piece())
    answer = client.post(f"/people/{ana}/export")
    told = json.loads(answer.text)
    assert told["user"]["phone_number"] == ANA
    assert told["userchats"][0]["messages"][0]["content"] == "Do you have rye bread?"
    assert BEN not in answer.text
    assert "\u202e" not in answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    assert audited(database) == [("exported", ana, None)]
    assert client.get(f"/people/{ana}/export").status_code == 405


def test_a_person_is_deactivated_and_activated(
    pg: PostgresChatStore, database: Database
) -> None:
    ana = write_as(pg, ANA, "Ana")
    client, _ = console_for(database, "admin", piece())
    for _ in range(2):  # the second changes nothing, and is no second row
        client.post(f"/people/{ana}/active", data={"active": "off"})
    assert "deactivated" in client.get("/people?inactive=on").text
    assert (
        value(database, "SELECT is_active FROM users WHERE user_id = %(a)s", a=ana)
        is False
    )
    client.post(f"/people/{ana}/active", data={"active": "on"})
    assert audited(database) == [("deactivated", ana, None), ("activated", ana, None)]


def test_no_admin_keeps_another_operator_out(database: Database) -> None:
    client, operator = console_for(database, "admin", piece())
    answer = client.post(
        f"/people/{operator.user_id}/active", data={"active": "off"},
        follow_redirects=True,
    )  # fmt: skip
    assert "Operators are let in and kept out under Settings" in answer.text
    assert value(database, "SELECT bool_and(is_active) FROM users")
    assert ("deactivated", operator.user_id, None) not in audited(database)


@pytest.mark.parametrize(("role", "status"), [("admin", 403), ("super_admin", 303)])
def test_a_person_is_erased_by_a_worker_after_their_number_was_typed(
    pg: PostgresChatStore, database: Database, role: str, status: int
) -> None:
    ana = write_as(pg, ANA, "Ana")
    client, operator = console_for(database, role, piece())
    path = f"/people/{ana}/erase"
    assert client.post(path, data={"typed": BEN}).status_code in {403, 409}
    assert audited(database) == []
    answer = client.post(path, data={"typed": " +1 (555) 123-0001 "})
    assert answer.status_code == status
    if status == 403:
        assert client.get(f"/people/{ana}/erasing").status_code == 403
        return
    assert audited(database) == [("erased", ana, None)]
    jobs = "SELECT args ->> 'user_id' FROM procrastinate_jobs WHERE task_name = %(t)s"
    assert value(database, jobs, t=ERASE_PERSON) == str(ana)
    told = client.get(answer.location).text
    assert "Under way" in told
    assert "No worker seems to run" in told
    assert "Somebody asked to erase" in client.get(f"/people/{ana}").text
    erase_person(database, ana, b"the key of the tests")
    assert "Done: nothing is held" in client.get(answer.location).text
    assert client.post(path, data={"typed": ANA}).status_code == 404
    mine = f"/people/{operator.user_id}/erase"
    refused = client.post(mine, data={"typed": operator.email})
    assert "take their role first" in refused.text


def test_who_only_logged_in_is_erased_by_their_email(database: Database) -> None:
    client, _ = console_for(database, "super_admin", piece())
    former = add_operator(database, "user", "Former")
    path = f"/people/{former.user_id}/erase"
    assert client.post(path, data={"typed": ""}).status_code == 409
    typed = str(former.email).upper()
    assert client.post(path, data={"typed": typed}).status_code == 303
