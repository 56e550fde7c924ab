"""Between a chat and its tools: for what they are called, what a reply owes them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.asked import Policy
from bot.chat.handoff.passing import LONGEST_SUBJECT, passing_on
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.prompt import estimate_tokens
from bot.chat.replies import Batch
from bot.tools import words
from bot.tools.acting import Acted, Acting, Wanted
from bot.tools.protocol import Caller
from bot.tools.schemas import as_json
from db.records import Call, CalledFor, Deed, Reply, Userchat

# The word for a chat that goes to a person because of what a tool may have done.
EFFECT = "effect"


def wanted_for(chat: Userchat, batch: Batch, deadline: float) -> Wanted | None:
    """Return what tools may be called for; None: nothing names the batch.

    While a command waits behind the batch (STOP, a person), nothing is changed for it.
    """
    sids = tuple(turn.message_sid for turn in batch if turn.message_sid)
    if not sids:
        return None
    called_for = CalledFor(
        chat_id=chat.chat_id,
        user_id=chat.user_id,
        message_sids=sids,
        turns=len(chat.turns),
    )
    caller = Caller(
        user_id=chat.user_id,
        address=chat.address,
        chat_id=chat.chat_id,
        name=chat.name,
        language=chat.language,
    )
    return Wanted(
        called_for=called_for,
        caller=caller,
        newest_at=max(turn.timestamp for turn in batch),
        deadline=deadline,
        reads_only=len(chat.unanswered()) > len(sids),
    )


def seconds_of(acting: Acting | None) -> float:
    """Return how much longer an answer may take for its calls."""
    return acting.limits.seconds if acting else 0.0


def with_tools(policy: Policy, acting: Acting | None) -> Policy:
    """Return the policy for a prompt beside which tools are offered, and explained."""
    tools = acting.offered() if acting else []
    if not tools:
        return policy
    taken = sum(
        estimate_tokens(f"{tool.name} {tool.description} {as_json(tool.parameters)}")
        for tool in tools
    )
    return replace(
        policy,
        system_prompt=f"{policy.system_prompt}\n\n{words.RULES}",
        token_budget=max(policy.token_budget - taken, policy.token_budget // 2),
    )


def with_calls(
    reply: Reply, acted: Acted, chat: Userchat, policy: HandoffPolicy | None
) -> Reply:
    """Return the reply that names its calls, and calls a person where one is needed.

    Who has a person already, or cannot have one, stays as they are: the ledger's
    unknown calls are seen all the same.
    """
    if not acted.calls:
        return reply
    told = tied(reply, acted.calls)
    unclear = [call for call in acted.calls if call.state == "unknown"]
    if not unclear or policy is None or reply.hands_over:
        return told
    about = subject_of(unclear, "unclear")
    return passing_on(told, about, policy, EFFECT, chat.language)


def tied(reply: Reply, calls: Sequence[Call]) -> Reply:
    """Return the reply that names the calls of its batch, of which there are some."""
    told = {
        "message_sid": calls[0].message_sid,
        "ids": [str(call.call_id) for call in calls],
    }
    return replace(reply, deeds=(*reply.deeds, Deed("tie_calls", told)))


def subject_of(calls: Sequence[Call], what: str) -> str:
    """Return what is to be looked at, as a ticket's subject."""
    tools = ", ".join(sorted({call.tool for call in calls}))
    return f"{what}: {tools}"[:LONGEST_SUBJECT]
