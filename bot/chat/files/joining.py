"""A user's own files and the business's documents in one prompt."""

from dataclasses import replace

from bot.chat.prompt import estimate_tokens
from bot.chat.sources.material import Material
from db.records import Found, Passage

# Of the room for passages, where both have something to say.
SHARE_OF_OWN = 0.6
TOKENS_OF_NAME = 40


def with_own(material: Material, own: Found, most_tokens: int) -> Material:
    """Return the material with passages of a user's own files before the others.

    `most_tokens` is the room that both have.
    """
    if not own.passages:
        return material
    share = SHARE_OF_OWN if material.passages else 1.0
    mine = _within(own.passages, int(most_tokens * share))
    found = replace(
        material.found,
        passages=(*mine, *material.passages),
        is_whole=material.found.is_whole and bool(material.passages),
        confidence=max(own.confidence or 0.0, material.found.confidence or 0.0),
    )
    return replace(material, found=found, passages=found.passages, is_missing=False)


def _within(passages: tuple[Passage, ...], most_tokens: int) -> list[Passage]:
    """Return the first passages that have room together, and the first one anyhow."""
    kept: list[Passage] = []
    for passage in passages:
        most_tokens -= estimate_tokens(passage.text) + TOKENS_OF_NAME
        if kept and most_tokens < 0:
            break
        kept.append(passage)
    return kept
