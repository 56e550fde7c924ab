"""Less of people is kept: by the planner's statistics, and in what readers see.

ANALYZE keeps samples of every column, where they outlive the person: it has no reason
to look at a small table again, and it never clears those of an empty one.
"""

from typing import Any

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
LOSES = None

# What people wrote or are known by. No plan needs a sample of it: what is looked up has
# a unique or a GIN index.
PRIVATE = {
    "users": "email phone_number full_name hashed_password password_history",
    "user_aliases": "address",
    "userchats": "messages metadata search_tsv",
    "userchats_archive": "messages metadata search_tsv",
    "inbound_messages": "message_sid address",
    "reply_parts": "address body media template message_sid refused_sids",
    "early_statuses": "message_sid",
    "procrastinate.procrastinate_jobs": "args",
}
# Only a superuser may: elsewhere they stay, and `bot users erase` tells of them.
CLEAR = """
DO $$ BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    DELETE FROM pg_statistic USING pg_attribute
    WHERE attrelid = starelid AND attnum = staattnum AND attstattarget = 0
      AND starelid = ANY ('{TABLES}'::regclass[]);
  END IF;
END $$;
"""

# Where a person is, or how to get at what they sent; their words stay to be read. Of
# what is not known to be harmless only the name is shown.
MASK = r"""
CREATE FUNCTION masked.mask_metadata(metadata jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT COALESCE(jsonb_object_agg(told.name, CASE
    WHEN told.name = ANY ('{in_reply_to,notice_for,reference_id,command,opt_out_type,
                            error}') THEN told.value
    WHEN told.name = 'media' AND jsonb_typeof(told.value) = 'array' THEN (
      SELECT COALESCE(jsonb_agg(jsonb_build_object('type', item -> 'type')), '[]')
      FROM jsonb_array_elements(told.value) AS item)
    WHEN jsonb_typeof(told.value) = 'object' THEN (
      SELECT COALESCE(jsonb_object_agg(name, '***'), '{}')
      FROM jsonb_object_keys(told.value) AS name)
    ELSE '"***"' END), '{}')
  FROM jsonb_each(metadata) AS told (name, value)
);
COMMENT ON FUNCTION masked.mask_metadata(jsonb) IS
  'What a message carries, without addresses of media, places, and the values of what '
  'Twilio told beside it.';
"""
# A sign that turns the direction of writing would turn what follows it on the line.
SHORTEN = r"""
CREATE OR REPLACE FUNCTION masked.shorten_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left({name}, 1) || '***';
COMMENT ON FUNCTION masked.shorten_name(text) IS '{comment}';
"""
WITHOUT_TRICKS = (
    r"regexp_replace(name, '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\ufeff]+', '', 'g')"
)
VIEW = """
CREATE OR REPLACE VIEW masked.chat_messages AS
SELECT chat_id, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, "position", role, content, sent_at,
       message_sid, model, tokens_used, response_time, {metadata} AS metadata, archived
FROM public.chat_messages;
COMMENT ON COLUMN masked.chat_messages.metadata IS '{comment}';
"""
CARRIES = (
    "Whatever else the message carries: in_reply_to, reference_id, media, command, "
    "error …"
)


def upgrade() -> None:
    _set_statistics(0)
    _run(CLEAR.replace("{TABLES}", "{" + ",".join(PRIVATE) + "}"))
    _run(MASK)
    _run(SHORTEN.format(name=WITHOUT_TRICKS, comment="Its first sign: A***."))
    masked = f"{CARRIES}; places and addresses hidden."
    _run(VIEW.format(metadata="masked.mask_metadata(metadata)", comment=masked))


def downgrade() -> None:
    _run(VIEW.format(metadata="metadata", comment=CARRIES))
    _run("DROP FUNCTION masked.mask_metadata(jsonb)")
    _run(SHORTEN.format(name="name", comment="Its first character: A***."))
    _set_statistics(-1)


def _set_statistics(target: int) -> None:
    for table, columns in PRIVATE.items():
        changes = ", ".join(
            f"ALTER COLUMN {column} SET STATISTICS {target}"
            for column in columns.split()
        )
        _run(f"ALTER TABLE {table} {changes}")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
