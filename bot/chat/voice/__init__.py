"""Answers as voice notes, for whom wants to hear them."""
