"""Documents read: what a file says, block by block, by a child that may do nothing."""

from bot.knowledge.reading.nouns import Block, Reading, UnreadableError
from bot.knowledge.reading.reader import read_document

__all__ = ["Block", "Reading", "UnreadableError", "read_document"]
