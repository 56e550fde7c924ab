"""What people who only look may see: the views again, addresses masked, names cut.

`bot db roles` gives them a role that may read this schema and nothing else. Texts stay
as they were written: a number in a message is not masked.
"""

from typing import Any

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
LOSES = None

VIEWS = (
    "chat_messages",
    "chat_overview",
    "user_statistics",
    "unanswered_messages",
    "failed_deliveries",
    "llm_usage_daily",
    "deliveries_by_day",
)

# An address that is none of WhatsApp's kinds, written by hand, is hidden whole.
MASKS = r"""
CREATE SCHEMA masked;
COMMENT ON SCHEMA masked IS
  'The views with addresses masked and names shortened, for people who only look. '
  'Texts are shown as they were written.';

CREATE FUNCTION masked.mask_address(address text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN address ~ '^(whatsapp:)?\+\d{7,}$'
    THEN regexp_replace(address, '\+(\d\d)\d+(\d\d)$', '+\1***\2')
  WHEN address ~ '^whatsapp:'
    THEN substring(address FROM '^whatsapp:(?:[A-Z]{2}\.(?:ENT\.)?)?') || '***'
  WHEN address IS NOT NULL THEN '***'
END;
COMMENT ON FUNCTION masked.mask_address(text) IS
  'The address without its middle, as in the logs: whatsapp:+15***02.';

CREATE FUNCTION masked.shorten_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(name, 1) || '***';
COMMENT ON FUNCTION masked.shorten_name(text) IS 'Its first character: A***.';
"""

COPIES = r"""
DO $$
DECLARE
  view text;
  original regclass;
  chosen text;
  told record;
BEGIN
  FOREACH view IN ARRAY '{VIEWS}'::text[] LOOP
    original := format('public.%I', view)::regclass;
    SELECT string_agg(CASE
        WHEN attname IN ('phone_number', 'address')
          THEN format('masked.mask_address(%1$I) AS %1$I', attname)
        WHEN attname = 'full_name'
          THEN format('masked.shorten_name(%1$I) AS %1$I', attname)
        ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
      INTO chosen FROM pg_attribute
      WHERE attrelid = original AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('CREATE VIEW masked.%I AS SELECT %s FROM public.%I',
                   view, chosen, view);
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', view,
      obj_description(original, 'pg_class') || ' Addresses masked, names shortened.');
    FOR told IN
      SELECT attname, col_description(original, attnum) AS comment FROM pg_attribute
      WHERE attrelid = original AND attnum > 0 AND NOT attisdropped
    LOOP
      EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                     view, told.attname, told.comment);
    END LOOP;
  END LOOP;
END $$;
"""


def upgrade() -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(MASKS)
    driver.execute(COPIES.replace("{VIEWS}", "{" + ",".join(VIEWS) + "}"))


def downgrade() -> None:
    views = ", ".join(f"masked.{view}" for view in reversed(VIEWS))
    op.execute(f"DROP VIEW {views}")
    op.execute("DROP FUNCTION masked.mask_address(text), masked.shorten_name(text)")
    op.execute("DROP SCHEMA masked")
