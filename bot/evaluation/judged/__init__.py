"""Answers judged: checks, the judge, scores, and what got worse."""
