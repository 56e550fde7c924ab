"""What is judged of answers, as everyone passes it around."""

from db.records.evaluation.situations import Situation

__all__ = ["Situation"]
