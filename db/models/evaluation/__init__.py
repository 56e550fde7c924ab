"""Tables of evaluation."""

from db.models.evaluation.proposals import prompt_rules, proposal_sources, proposals
from db.models.evaluation.replays import replay_answers, replays

__all__ = [
    "prompt_rules",
    "proposal_sources",
    "proposals",
    "replay_answers",
    "replays",
]
