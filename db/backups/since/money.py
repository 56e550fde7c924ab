"""What was spent since the backup stays spent: no budget begins anew by a restore.

What was under way when the backup was made counts as its worst case, as ever. Budgets
are added up again from the ledger. Where the database in use can't tell, what it knew
is lost.
"""

from datetime import timedelta
from itertools import islice

from psycopg.types.json import Jsonb

from db.database import Connection

BATCH = 500
# What was committed late has an earlier time.
MARGIN = timedelta(hours=1)
HAS_LEDGER = "SELECT to_regclass('public.spendings') IS NOT NULL"
LAST = """
SELECT COALESCE(max(created_at), 'epoch'::timestamptz) - %(margin)s FROM spendings
"""
SINCE = """
SELECT to_jsonb(spent) AS row FROM spendings AS spent
WHERE created_at > %(last)s ORDER BY id
"""
COLUMNS = """
part_id, purpose, model, state, micros, currency, priced_on, input_tokens,
cached_tokens, output_tokens, reasoning_tokens, seconds, characters, is_estimated,
is_unknown, day, created_at, settled_at, told_micros, told_currency, price_asked_at
"""
# Ids may be others here. Whoever is not known here is nobody.
KEEP = f"""
INSERT INTO spendings (user_id, chat_id, message_sid, {COLUMNS})
SELECT users.user_id, CASE WHEN users.user_id IS NOT NULL THEN chat_id END,
       CASE WHEN users.user_id IS NOT NULL THEN message_sid END,
       {", ".join(f"told.{name.strip()}" for name in COLUMNS.split(","))}
FROM jsonb_populate_recordset(NULL::spendings, %(rows)s) AS told
LEFT JOIN users ON users.user_id = told.user_id
WHERE NOT EXISTS (
  SELECT FROM spendings AS known
  WHERE known.created_at = told.created_at AND known.purpose = told.purpose
    AND known.model = told.model AND known.part_id IS NOT DISTINCT FROM told.part_id)
ON CONFLICT (part_id) DO NOTHING
"""  # noqa: S608  (our own words)


def keep_spent(witness: Connection, told: Connection) -> int:
    """Tell the restored database what was spent since; return how many calls."""
    if not told.scalar(HAS_LEDGER) or not witness.scalar(HAS_LEDGER):
        return 0
    last = told.scalar(LAST, {"margin": MARGIN})
    rows = witness.stream(SINCE, {"last": last}, lot=BATCH)
    kept = 0
    while lot := [row for (row,) in islice(rows, BATCH)]:
        kept += told.count(KEEP, {"rows": Jsonb(lot)})
    told.count("DELETE FROM budgets")
    return kept
