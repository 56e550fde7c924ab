"""What a person is told whose answer would have been beyond a budget."""

from bot.chat.handoff.passing import pass_on
from bot.chat.limits.allowance import Allowance, Counts
from bot.chat.replies import Batch
from bot.money.meter import BudgetSpentError
from bot.money.policy import name_of
from db.records import Reply, Userchat


def reply_beyond_budget(
    chat: Userchat,
    batch: Batch,
    error: BudgetSpentError,
    allowance: Allowance,
    counts: Counts,
) -> Reply:
    """Return what settles the batch: a person, or a polite word, once a day."""
    if allowance.calls_person and chat.owner == "bot":
        return pass_on(chat, batch, allowance.calls_person, "budget")
    return allowance.tell_once(name_of(error.scope), chat, batch, counts)
