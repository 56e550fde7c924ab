"""Tables of evaluation."""

from db.models.evaluation.replays import replay_answers, replays

__all__ = ["replay_answers", "replays"]
