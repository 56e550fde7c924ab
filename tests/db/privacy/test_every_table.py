"""Whatever is kept about a person is erased and exported; the catalog tells what it is.

A table that is new and stands in neither fails here, on its first day.
"""

from db.database import Database
from db.privacy.erasure import PURGES
from db.privacy.export import SECTIONS
from tests.db.sql import change, values

# Tables of people: `users`, what refers to them over however many foreign keys, and
# what holds an address or one of Twilio's ids, which lead to a person.
OF_PEOPLE = """
WITH RECURSIVE referring AS (
  SELECT 'public.users'::regclass::oid AS of_people
  UNION
  SELECT conrelid FROM pg_constraint JOIN referring ON confrelid = of_people
  WHERE contype = 'f'
), addressed AS (
  SELECT attrelid FROM pg_attribute
  WHERE attnum > 0 AND NOT attisdropped
    AND attname ~ '(^|_)(address|phone_number|email|sid|sids|user_id|customer_id)($|_)'
)
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
  AND (oid IN (TABLE referring) OR oid IN (TABLE addressed))
ORDER BY 1
"""
EVERY_TABLE = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""
# They outlive a person on purpose: hashes, of which nobody can tell whose they are. An
# erasure makes them, and people are not told of what can't be tied to them.
TOMBSTONES = {"erasures", "erased_sids"}
# So does who did what to whom: by ids, which lead to nobody once a person is erased.
ALSO_STAYS = {"audit_log"}
# One migration, one moment, and a chat's id that leads nowhere once it is erased; texts
# of the business's, hashes that are forgotten in a day, what tools say of themselves.
OF_NOBODY = {
    "alembic_version",
    "broadcasts",
    "canned_replies",
    "chats_to_index",
    "embedding_models",
    "first_start",
    "login_attempts",
    "prompts",
    "replays",
    "retention_places",
    "tool_pins",
}
# Bytes that people's media name, and parts: they lead to nobody by themselves.
NAMED = {"media_contents"}
# The export has the user beside its sections, and names addresses by their meaning.
NAMES = {"user_aliases": "other_addresses"}


def unaccounted(database: Database) -> set[str]:
    """Return the tables of people that an erasure or an export leaves out."""
    tables = (set(values(database, OF_PEOPLE)) | NAMED) - TOMBSTONES
    exported = {t for t in tables if t == "users" or NAMES.get(t, t) in SECTIONS}
    return tables - (exported & (set(PURGES) | ALSO_STAYS))


def test_every_table_about_a_person_is_erased_and_exported(database: Database) -> None:
    assert unaccounted(database) == set()


def test_every_table_is_one_about_people_or_named_as_none(database: Database) -> None:
    of_people = set(values(database, OF_PEOPLE))
    assert set(values(database, EVERY_TABLE)) == (
        of_people | NAMED | TOMBSTONES | OF_NOBODY
    )


def test_a_new_table_is_found_by_its_reference_or_by_what_it_holds(
    database: Database,
) -> None:
    change(database, "CREATE TABLE notes (note_id int PRIMARY KEY, author_id uuid "
           "REFERENCES users ON DELETE CASCADE)")  # fmt: skip
    change(database, "CREATE TABLE note_views (note_id int REFERENCES notes)")
    change(database, "CREATE TABLE sightings (sender_address text)")
    change(database, "CREATE TABLE fetched_media (message_sid text, media bytea)")
    change(database, "CREATE TABLE prices (model text, amount numeric)")
    found = {"notes", "note_views", "sightings", "fetched_media"}
    assert unaccounted(database) == found
    of_people = set(values(database, OF_PEOPLE))
    left = set(values(database, EVERY_TABLE)) - of_people - NAMED
    left -= TOMBSTONES | OF_NOBODY
    assert left == {"prices"}
