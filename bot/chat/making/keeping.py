"""What is kept of an answer's prompt and completion, beside what was said."""

from dataclasses import replace

from bot.chat.asked import Asked
from bot.llm.protocol import Completion
from db.records import Making, Reply


def with_making(reply: Reply, asked: Asked, raw: Completion) -> Reply:
    """Return the reply with how it was made; `raw` is what the LLM said in the end."""
    said, tokens = raw.text.strip(), raw.tokens
    built = asked.built
    making = Making(
        prompt=built.rules,
        model=raw.model,
        parameters=raw.parameters,
        finish_reason=raw.finish_reason,
        raw=None if said == reply.turn.content.strip() else said,
        input_tokens=tokens.prompt,
        output_tokens=tokens.completion,
        cached_tokens=tokens.cached,
        seconds=raw.response_time,
        turns=built.talked.turns,
        shown_from=built.talked.since,
        beyond_turns=built.talked.beyond_turns,
        beyond_budget=built.talked.beyond_budget,
        summed_until=built.memory.summed_until,
        talks=built.memory.talks,
        fact_ids=tuple(fact.fact_id for fact in built.facts if fact.fact_id),
        pictures=len(asked.shown),
        left_out=asked.left_out,
        is_missing=asked.material.is_missing,
    )
    return replace(reply, making=making)
