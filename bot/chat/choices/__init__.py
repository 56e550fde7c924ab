"""Choices that an answer offers: as buttons, a list, or numbered lines."""
