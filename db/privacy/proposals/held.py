"""What of proposals, and of rules that came of them, is a person's.

A proposal tells its words from its sources, which go with their person: nothing of hers
is left in it. What was applied in a user's words goes with them, whoever else asked the
same; the next look proposes it again, in the others' words. What an operator worded
stays, and so does a canned reply: it says what people of ours told several users.
"""

THEIRS = "SELECT proposal_id FROM proposal_sources WHERE user_id = %(user_id)s"
IN_THEIR_WORDS = f"""
SELECT id FROM proposals
WHERE state = 'applied' AND NOT is_reworded AND id IN ({THEIRS})
"""  # noqa: S608  (nothing of it was given)
# Documents that are theirs by it: see db/privacy/documents.py.
THEIR_DOCUMENTS = f"""
SELECT document_id FROM proposals
WHERE document_id IS NOT NULL AND id IN ({IN_THEIR_WORDS})
"""  # noqa: S608  (the same)
THEIR_RULES = f"""
SELECT id FROM prompt_rules WHERE NOT is_reworded AND proposal_id IN ({THEIRS})
"""  # noqa: S608  (the same)
# Nobody looks for proposals meanwhile, or applies one of theirs: what was read of them
# before they went would be stored after it. Before their own row, which both want.
LOCKS = (
    "SELECT pg_advisory_xact_lock(hashtext('proposals'))",
    f"SELECT 1 FROM proposals WHERE id IN ({THEIRS}) ORDER BY id FOR UPDATE",  # noqa: S608
)
# While their gaps and sources still tell which words are theirs.
FIRST = {
    # What a replay said to others, it said with their words before it.
    "proposals": f"""
WITH said AS (
  UPDATE proposal_sources SET after = NULL
  WHERE after IS NOT NULL AND proposal_id IN ({THEIRS})
)
UPDATE proposals SET replaced = NULL
WHERE replaced ->> 'in_their_words' = 'true' AND id IN ({THEIRS})
OR replaced ->> 'question' IN (
  SELECT question FROM gap_questions WHERE user_id = %(user_id)s
  UNION ALL SELECT question FROM proposal_sources WHERE user_id = %(user_id)s)
""",  # noqa: S608  (the same)
}
# After the documents, which proposals lead to.
PURGES = {
    # Prompts that told the rule; answers say no more than which prompt they had.
    "prompts": f"""
DELETE FROM prompts USING prompt_rules AS rule
WHERE rule.id IN ({THEIR_RULES}) AND strpos(prompts.text, rule.text) > 0
""",  # noqa: S608
    "prompt_rules": f"DELETE FROM prompt_rules WHERE id IN ({THEIR_RULES})",  # noqa: S608
    # Sources of others go with a proposal that goes.
    "proposal_sources": f"""
WITH gone AS (
  DELETE FROM proposals AS proposal WHERE id IN ({THEIRS}) AND (
    id IN ({IN_THEIR_WORDS}) OR state <> 'applied' AND NOT EXISTS (
      SELECT FROM proposal_sources AS others
      WHERE others.proposal_id = proposal.id AND others.user_id <> %(user_id)s))
)
DELETE FROM proposal_sources WHERE user_id = %(user_id)s
""",  # noqa: S608
}
# Words of others in it are theirs alone.
SECTIONS = {
    "proposals": f"""
SELECT jsonb_build_object('id', id, 'kind', kind, 'state', state, 'found_at', found_at,
                          'applied_at', applied_at)
FROM proposals WHERE id IN ({THEIRS}) ORDER BY id""",  # noqa: S608
    "proposal_sources": """
SELECT to_jsonb(own) FROM proposal_sources AS own
WHERE user_id = %(user_id)s ORDER BY happened_at, proposal_id, kind, reference_id""",
    "prompt_rules": f"""
SELECT jsonb_build_object('id', id, 'proposal_id', proposal_id, 'since', since,
                          'until', until)
FROM prompt_rules WHERE id IN ({THEIR_RULES}) OR added_by = %(user_id)s
ORDER BY id""",  # noqa: S608
}
