"""What is judged of answers, as everyone passes it around."""

from db.records.evaluation.replays import (
    ANSWER_STATES,
    AnswerState,
    Replay,
    ReplayAnswer,
)
from db.records.evaluation.situations import Situation

__all__ = ["ANSWER_STATES", "AnswerState", "Replay", "ReplayAnswer", "Situation"]
