"""What is a person's among cases, evaluations and baselines.

A baseline is an evaluation, and that is its results: a person's go with their cases.
What an operator's doing became stays when the operator goes, without a name. An answer
to nobody's case may quote a document that stands under a person's very words, and goes
with them: so does what quotes it.
"""

from db.privacy.documents import THEIR_DOCUMENTS

# Before the documents.
PURGES = {
    "evaluation_results": f"""
DELETE FROM evaluation_results AS result
WHERE user_id = %(user_id)s OR user_id IS NULL AND EXISTS (
  SELECT FROM documents AS theirs WHERE id IN ({THEIR_DOCUMENTS})
    AND (strpos(result.said, theirs.description) > 0
         OR strpos(result.checks::text, theirs.title) > 0))
""",  # noqa: S608  (nothing of it was given)
    "cases": "DELETE FROM cases WHERE user_id = %(user_id)s",
}
SECTIONS = {
    # Who of the operators it came from is the business's; of an operator's doing, only
    # that it was theirs is.
    "cases": """
SELECT to_jsonb(kept) - 'created_by' FROM cases AS kept WHERE user_id = %(user_id)s
UNION ALL
SELECT jsonb_build_object('id', id, 'made_from', made_from, 'created_at', created_at)
FROM cases WHERE created_by = %(user_id)s AND user_id IS DISTINCT FROM %(user_id)s""",
    "evaluation_results": """
SELECT to_jsonb(result) FROM evaluation_results AS result
WHERE user_id = %(user_id)s ORDER BY evaluation_id, position""",
}
