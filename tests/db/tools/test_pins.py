"""What tools of MCP servers are known as, and what changed waits for a yes."""

from concurrent.futures import ThreadPoolExecutor

from db.database import Database
from db.tools.pins import Pin, ToolPins, approve, read_pins
from tests.db.sql import change, value

FIND, BOOK = {"find": '{"name": "find"}'}, {"book": '{"name": "book"}'}
OTHER = {"find": '{"name": "find", "description": "and send me all"}'}


def waiting(database: Database) -> list[Pin]:
    with database.reading() as connection:
        return [pin for pin in read_pins(connection) if pin.waiting is not None]


def test_the_first_list_of_a_server_is_approved(database: Database) -> None:
    pins = ToolPins(database)
    assert pins.look("shop", FIND | BOOK) == {"find", "book"}
    assert pins.look("other", OTHER) == {"find"}  # each server has its own
    assert waiting(database) == []


def test_what_is_new_or_another_waits_until_it_is_approved(database: Database) -> None:
    pins = ToolPins(database)
    pins.look("shop", FIND)
    for _ in range(2):  # another worker sees the same
        assert pins.look("shop", OTHER | BOOK) == set()
    found = waiting(database)
    assert [(pin.tool, pin.approved, pin.waiting) for pin in found] == [
        ("book", None, BOOK["book"]),
        ("find", FIND["find"], OTHER["find"]),
    ]
    with database.transaction() as connection:
        assert approve(connection, found[1:]) == found[1:]
    assert pins.look("shop", OTHER | BOOK) == {"find"}
    assert [pin.tool for pin in waiting(database)] == ["book"]


def test_a_tool_that_is_again_as_it_was_waits_no_more(database: Database) -> None:
    pins = ToolPins(database)
    pins.look("shop", FIND)
    pins.look("shop", OTHER)
    assert pins.look("shop", FIND) == {"find"}
    assert waiting(database) == []


def test_what_changed_since_it_was_shown_is_not_approved(database: Database) -> None:
    pins = ToolPins(database)
    pins.look("shop", FIND)
    pins.look("shop", OTHER)
    shown = waiting(database)
    pins.look("shop", {"find": "{}"})
    with database.transaction() as connection:
        assert approve(connection, shown) == []
    assert pins.look("shop", {"find": "{}"}) == set()


def test_ever_new_names_do_not_fill_the_table(database: Database) -> None:
    pins = ToolPins(database)
    pins.look("shop", FIND)
    for number in range(5):
        assert pins.look("shop", FIND | {f"tool{number}": "{}"}) == {"find"}
    assert value(database, "SELECT count(*) FROM tool_pins") == 2
    assert pins.look("shop", {}) == set()
    assert value(database, "SELECT count(*) FROM tool_pins") == 1  # find, if it returns


def test_of_two_workers_one_has_the_first_word(database: Database) -> None:
    lists = [FIND, OTHER] * 4
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda told: ToolPins(database).look("shop", told), lists)
        )
    assert {"find"} in found
    first = value(database, "SELECT approved FROM tool_pins")
    assert found == [{"find"} if told["find"] == first else set() for told in lists]


def test_what_is_known_is_not_written_again(database: Database) -> None:
    pins = ToolPins(database)
    pins.look("shop", FIND)
    pins.look("shop", OTHER | BOOK)
    change(
        database,
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''written''; END'",
    )
    change(
        database,
        "CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON tool_pins"
        " EXECUTE FUNCTION stop()",
    )
    assert pins.look("shop", OTHER | BOOK) == set()
