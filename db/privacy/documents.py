"""Which documents are a person's: their own, and answers under their very words.

Whoever answers a gap may word the question themselves. Else the answer stands under the
words of who asked last, and goes with them, unless somebody else asked just so. What a
proposal became in their words goes with them in any case.
"""

from db.privacy.proposals import held

THEIR_DOCUMENTS = f"""
SELECT id FROM documents WHERE user_id = %(user_id)s
  OR file_type = 'answer' AND description IN (
    SELECT question FROM gap_questions WHERE user_id = %(user_id)s)
  AND NOT EXISTS (SELECT FROM gap_questions AS others
                  WHERE others.user_id <> %(user_id)s AND question = description)
  OR id IN ({held.THEIR_DOCUMENTS})
"""  # noqa: S608  (nothing of it was given)
THEIR_JOBS = f"""
args ->> 'document_id' IN (SELECT id::text FROM ({THEIR_DOCUMENTS}) AS theirs)
"""  # noqa: S608  (nothing of it was given)
# What hangs on documents, before what it hangs on itself; and the order of its rows.
OF_DOCUMENTS = {
    "chunk_terms": "document_id, chunk_index, term",
    "chunk_vectors": "document_id, chunk_id, embedding_id",
    "document_lengths": "document_id",
    "products": "id",
    "document_uploads": "document_id",
    "document_chunks": "document_id, chunk_index",
}
PURGES = {
    **{
        name: f"DELETE FROM {name} WHERE document_id IN ({THEIR_DOCUMENTS})"  # noqa: S608
        for name in OF_DOCUMENTS
    },
    "documents": f"DELETE FROM documents WHERE id IN ({THEIR_DOCUMENTS})",  # noqa: S608
    "answer_passages": "DELETE FROM answer_passages WHERE user_id = %(user_id)s",
    "gap_questions": "DELETE FROM gap_questions WHERE user_id = %(user_id)s",
    # Their keys are her words; LOCK_GAPS was first.
    "knowledge_gaps": """
DELETE FROM knowledge_gaps AS gap
WHERE NOT EXISTS (SELECT FROM gap_questions WHERE gap_id = gap.id)
""",
}
# Whoever stores another question of one of them holds it until that can be seen.
LOCK_GAPS = """
SELECT 1 FROM knowledge_gaps
WHERE id IN (SELECT gap_id FROM gap_questions WHERE user_id = %(user_id)s)
ORDER BY id FOR UPDATE
"""
# As whoever changes one does: a version that is just taken in is waited for.
LOCK_DOCUMENTS = f"""
SELECT 1 FROM documents WHERE id IN ({THEIR_DOCUMENTS}) ORDER BY id FOR UPDATE
"""  # noqa: S608  (the same)
PIECE = 3 << 16  # of a file, in bytes: some are many megabytes
SECTIONS = {
    "documents": f"SELECT to_jsonb(document) FROM documents AS document "  # noqa: S608
    f"WHERE id IN ({THEIR_DOCUMENTS}) ORDER BY id",
    **{
        name: f"SELECT to_jsonb(own) FROM {name} AS own "  # noqa: S608
        f"WHERE document_id IN ({THEIR_DOCUMENTS}) ORDER BY {order}"
        for name, order in OF_DOCUMENTS.items()
    },
    "document_uploads": f"""
SELECT to_jsonb(upload) - 'content' || jsonb_build_object('from_byte', start,
  'content', translate(encode(substring(content FROM start + 1 FOR {PIECE}), 'base64'),
                       chr(10), ''))
FROM document_uploads AS upload
CROSS JOIN generate_series(0, greatest(length(content) - 1, 0), {PIECE}) AS start
WHERE document_id IN ({THEIR_DOCUMENTS}) ORDER BY document_id, start""",  # noqa: S608
    "answer_passages": "SELECT to_jsonb(stood) FROM answer_passages AS stood "
    "WHERE user_id = %(user_id)s ORDER BY answered_at, reference_id, position",
    "gap_questions": "SELECT to_jsonb(asked) FROM gap_questions AS asked "
    "WHERE user_id = %(user_id)s ORDER BY asked_at, reference_id",
    "knowledge_gaps": """
SELECT to_jsonb(gap) FROM knowledge_gaps AS gap
WHERE id IN (SELECT gap_id FROM gap_questions WHERE user_id = %(user_id)s)
ORDER BY id""",
}
