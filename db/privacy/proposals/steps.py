"""What retention does about proposals: their sources went with the chats."""

from db.privacy.steps import OLD, dropping

# A trigger takes sources with their chat. Nothing is left then that tells what it is.
DROP_PROPOSALS = dropping(
    "proposals dropped",
    "proposals AS proposal",
    at="found_at",
    coarse=f"proposal.state <> 'applied' AND proposal.found_at < {OLD}",
    fine="NOT EXISTS (SELECT FROM proposal_sources AS source"
    " WHERE source.proposal_id = proposal.id)",
)
# Their words may be a user's.
DROP_RULES = dropping(
    "ended rules dropped",
    "prompt_rules AS rule",
    at="until",
    coarse=f"rule.until < {OLD}",
)
