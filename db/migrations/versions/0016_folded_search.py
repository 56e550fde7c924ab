"""Search folds accents, and finds parts of what is written without spaces.

Texts and queries go through the same searchable_text(): accents away, and a run of
letters of a script without spaces as its overlapping pairs, so that a part of the run
is a phrase of pairs. No extension is needed: `unaccent` is not everywhere.

Here functions are replaced and nothing else: a chat that is closed already is found as
before, until retention has indexed it anew (db/privacy/indexing.py). The way back does
index them again, all at once: the older search would not find them.
"""

import runpy
from pathlib import Path
from typing import Any

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
LOSES = None  # the words of closed chats are read again on the way down

FUNCTIONS = Path(__file__).parents[2] / "sql" / "0016_search.sql"
# Signs that go away, once they stand alone: Latin, Greek and Cyrillic accents, Hebrew
# and Arabic points. Those of other scripts are vowels, or make another letter (か, が).
ACCENTS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7" \
    "\u064b-\u065f\u0670"  # fmt: skip
# They make another letter of the one before them.
VOICED = "\u3099-\u309a"
# Where a text may change when it is folded (or put in order, as all is then).
FOLDABLE = f"\u00c0-\u1fff\u2126\u212a-\u212b{VOICED}\uf900-\ufaff\ufb1d-\ufb4e" \
    "\U0002f800-\U0002fa1d"  # fmt: skip
# Single characters that become others, and no sign is left over: as ranges that hold
# some more.
LATIN = "\u00c0-\u024f\u1e00-\u1eff\u212a-\u212b"
GREEK = "\u0374\u0385-\u0390\u03aa-\u03b0\u03ca-\u03ce\u03d3-\u03d4\u03f4" \
    "\u1f00-\u1fff\u2126"  # fmt: skip
CYRILLIC = "\u0400-\u0401\u0403\u0407\u040c-\u040e\u0419\u0439\u0450-\u0451\u0453" \
    "\u0457\u045c-\u045e\u0476-\u0477\u04c1-\u04f9"  # fmt: skip
OTHERS = "\u0622-\u0626\u06c0-\u06d3\uf900-\ufaff\ufb1d-\ufb4e" \
    "\U0002f800-\U0002fa1d"  # fmt: skip
# Thai, Lao, Myanmar, Khmer, Japanese, Chinese; and signs that belong to the one before.
UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f" \
    "\u1050-\u108f\u109a-\u109d\u1780-\u17d3\u17d7\u17dc-\u17dd\u3005-\u3007" \
    "\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff" \
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ef\uaa60-\uaa7f\uf900-\ufaff" \
    "\uff66-\uff9f\U00020000-\U0003ffff"  # fmt: skip
SIGNS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece" \
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074" \
    "\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099-\u309a" \
    "\ufe00-\ufe0f"  # fmt: skip
SCRIPTS = {
    "{ACCENTS}": ACCENTS,
    "{VOICED}": VOICED,
    "{FOLDABLE}": FOLDABLE,
    "{SIGN}": f"[{UNSPACED}][{SIGNS}]*",
    "{UNSPACED}": UNSPACED,
    "{LATIN}": LATIN,
    "{GREEK}": GREEK,
    "{CYRILLIC}": CYRILLIC,
    "{OTHERS}": OTHERS,
    # All of LATIN, and all of ACCENTS, as one short range that holds much more.
    "{WIDE}": "\u00c0-\u212b",
    "{MARKS}": "\u0300-\u0670",
}

# Who is closing a chat now, by the older function, comes first.
LOCK = "LOCK TABLE userchats, userchats_archive IN SHARE ROW EXCLUSIVE MODE"
TO_INDEX = """
CREATE TABLE chats_to_index (
  table_name TEXT NOT NULL,
  after_chat_id TEXT NOT NULL DEFAULT '',
  CONSTRAINT chats_to_index_pkey PRIMARY KEY (table_name),
  CONSTRAINT chats_to_index_table_name_check
    CHECK (table_name IN ('userchats', 'userchats_archive'))
);
COMMENT ON TABLE chats_to_index IS
  'Where closed chats are still to be indexed as search_messages() wants it now; '
  'retention does it, and no row is left.';
COMMENT ON COLUMN chats_to_index.table_name IS
  'userchats, and when that is done userchats_archive.';
COMMENT ON COLUMN chats_to_index.after_chat_id IS
  'The last chat that was looked at, in the order of chat_id.';
INSERT INTO chats_to_index (table_name)
SELECT name FROM unnest(ARRAY['userchats', 'userchats_archive']) AS name
WHERE EXISTS (SELECT FROM userchats) OR EXISTS (SELECT FROM userchats_archive);
"""

DROP = """
DROP FUNCTION search_snippet(text, tsquery, text, text);
DROP FUNCTION spelled_snippet(text, tsquery, text, text);
DROP FUNCTION search_letters(tsquery);
DROP FUNCTION search_query(text, text);
"""
INDEX_AGAIN = """
UPDATE userchats SET is_active = false
WHERE NOT is_active AND is_foldable(messages::text);
UPDATE userchats_archive SET messages = messages WHERE is_foldable(messages::text);
"""
DROP_TEXTS = """
DROP TABLE chats_to_index;
DROP FUNCTION searchable_text(text);
DROP FUNCTION is_foldable(text);
DROP FUNCTION is_ascii(text);
DROP FUNCTION pair_unspaced(text);
DROP FUNCTION fold_accents(text);
"""


def upgrade() -> None:
    _run(LOCK)
    _run(FUNCTIONS.read_text(encoding="utf-8"))
    _run(TO_INDEX)


def downgrade() -> None:
    older = runpy.run_path(str(Path(__file__).with_name("0006_search.py")))
    fill, *_ = older["TRIGGERS"].split("CREATE TRIGGER")
    _run(LOCK)
    _run(DROP)
    _run(older["QUERY"])
    for script in fill, older["SEARCH"]:
        _run(script.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    _run(INDEX_AGAIN)
    _run(DROP_TEXTS)


def _run(script: str) -> None:
    for name, characters in SCRIPTS.items():
        script = script.replace(name, characters)
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
