"""What answers cost, and amounts in words."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from db.database import Connection
from db.records.money import MILLION

OF_ANSWERS = """
SELECT asked.reference_id, spent.currency, sum(spent.micros)::bigint AS micros
FROM unnest(%(references)s::uuid[], %(sids)s::text[]) AS asked (reference_id, sid)
JOIN spendings AS spent ON spent.message_sid = asked.sid
WHERE spent.state <> 'released' AND spent.part_id IS NULL
GROUP BY 1, 2
UNION ALL
SELECT part.reference_id, spent.currency, sum(spent.micros)::bigint
FROM reply_parts AS part JOIN spendings AS spent USING (part_id)
WHERE part.reference_id = ANY (%(references)s) AND spent.state <> 'released'
GROUP BY 1, 2
"""


def read_costs(
    connection: Connection, answers: Sequence[tuple[UUID, Sequence[str]]]
) -> dict[str, str]:
    """Return what answers cost, in words, by their reference_id.

    Each is told with the MessageSids that it answers. What is not known is not named.
    """
    named = [(key, sid) for key, sids in answers for sid in sids]
    asked = {"references": [key for key, _ in named], "sids": [sid for _, sid in named]}
    costs: dict[str, dict[str, int]] = {}
    for key, currency, micros in connection.rows(OF_ANSWERS, asked) if named else ():
        of_answer = costs.setdefault(str(key), {})
        of_answer[currency] = of_answer.get(currency, 0) + micros
    return {key: ", ".join(_in_words(found)) for key, found in costs.items()}


def _in_words(found: dict[str, int]) -> Iterator[str]:
    for currency, micros in sorted(found.items()):
        yield f"{amount_of(micros)} {currency}"


def amount_of(micros: int) -> str:
    """Return millionths as an amount, exactly, with two decimals or more."""
    amount = (Decimal(micros) / MILLION).normalize()
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:,.{places}f}"
