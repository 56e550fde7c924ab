"""Tables of evaluation."""

from db.models.evaluation.proposals import prompt_rules, proposal_sources, proposals

__all__ = ["prompt_rules", "proposal_sources", "proposals"]
