"""Answers that ask the user before something is done for them, and do it once.

The call waits in the ledger until its user allows it. Then it begins like any other, as
a call of the batch that allowed it: whatever breaks, it is found there. A second tap, a
late one, and one that a newer question took the place of begin nothing.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.chat.acting.calls import wanted_for
from bot.chat.approval.deciding import Decision, find_decision, times_asked
from bot.chat.approval.question import asking, tell
from bot.chat.approval.sentences import ALREADY_DECIDED, NOT_OPEN
from bot.chat.choices.lines import CALL
from bot.chat.handoff.passing import one_line, passing_on
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Answers, Batch, say
from bot.languages.speaking import speak
from bot.llm.protocol import LLMError
from bot.tools import words
from bot.tools.acting import LEAST_SECONDS, Wanted
from bot.tools.approval import waiting as rules
from bot.tools.gate import allowed_by, approval_of
from bot.tools.ledger import Ledger
from bot.tools.protocol import Approval, Toolbox, ToolSpec
from bot.tools.running import NobodyWaitsError, OvertakenError, Runner
from db.records import EPOCH, Call, Decided, Reply, Userchat

# The word for a chat that goes to a person who has to allow a call.
APPROVAL = "approval"
# Who answers otherwise is asked again, so often in all.
MOST_ASKED = 3
# The LLM says what came of it in the rest.
SHARE_OF_CALL = 0.5


@dataclass(frozen=True, slots=True)
class Approving:
    """Whoever answers with tools, where somebody has to allow some of them.

    Without `handoff` there are no operators who could.
    """

    answering: Answers
    box: Toolbox
    ledger: Ledger
    approvals: rules.Approvals
    handoff: HandoffPolicy | None = None

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch, after the call that it allows.

        While a command waits behind it (STOP, a person), it allows none, and is asked
        again. Raises LLMError; `acted` of it tells that a call was made.
        """
        deadline = time.monotonic() + seconds
        decision = find_decision(chat, batch, rules.CUSTOMER_LASTS)
        wanted = wanted_for(chat, batch, deadline) if decision else None
        acted = False
        if decision and wanted and not (decision.allows and wanted.reads_only):
            call, acted = self._decide(chat, decision, wanted)
            if call and _is_over(call, wanted) and decision.is_alone:
                return _tell_over(call, chat, batch)
            if call and acted:
                self._make(call, wanted)
        try:
            reply = self.answering.answer(chat, batch, deadline - time.monotonic())
        except LLMError as error:
            error.acted = error.acted or acted
            raise
        return self._with_question(self._with_operator(reply, chat, batch), chat)

    def _decide(
        self, chat: Userchat, decision: Decision, wanted: Wanted
    ) -> tuple[Call | None, bool]:
        """Write a decision; return the call as it is then, and whether it begins now.

        One that an earlier try began is looked after like all calls of its batch.
        Raises OvertakenError, NobodyWaitsError, and LLMError where no time is left.
        """
        call = self.approvals.find(decision.call_id, chat.user_id)
        if call is None or call.state != "waiting":
            return call, False
        left = (wanted.deadline - time.monotonic()) * SHARE_OF_CALL
        if decision.allows and left < LEAST_SECONDS:
            raise LLMError("there is no time left for a call that was allowed")
        decided = _decided(decision, self._allowed_by_customer(call))
        found = self.approvals.decide(call.call_id, wanted.called_for, decided)
        if found == "overtaken":
            raise OvertakenError
        if found == "ended":
            raise NobodyWaitsError
        call = self.approvals.find(decision.call_id, chat.user_id)
        return call, call is not None and (found, call.state) == ("begun", "intent")

    def _make(self, call: Call, wanted: Wanted) -> None:
        """Make a call whose intent was written just now, and write what came of it."""
        spec = self._allowed_by_customer(call)
        runner = Runner(self.box, self.ledger)
        if spec and runner.begin_again(call, wanted.called_for):
            left = wanted.deadline - time.monotonic()
            seconds = min(spec.seconds, left * SHARE_OF_CALL)
            runner.run(call, spec, wanted.caller, seconds)

    def _with_operator(self, reply: Reply, chat: Userchat, batch: Batch) -> Reply:
        """Return the reply that passes the chat on to who has to allow its calls."""
        specs = self._specs("operator")
        if not specs or self.handoff is None or reply.hands_over:
            return reply
        sids = {turn.message_sid for turn in batch}
        waiting = self._waiting(chat, specs, "operator")
        mine = [call for call in waiting if call.message_sid in sids]
        if not mine:
            return reply
        about = one_line(tell(mine[0], specs[mine[0].tool], "en"))
        return passing_on(reply, about, self.handoff, APPROVAL, chat.language)

    def _with_question(self, reply: Reply, chat: Userchat) -> Reply:
        """Return the reply with the question whose answer is waited for, if any."""
        specs = self._specs("customer")
        if not specs or reply.hands_over or reply.turn.role != "assistant":
            return reply
        waiting = self._waiting(chat, specs, "customer")
        if not waiting:
            return reply
        newest, *older = waiting
        self._drop(older, rules.ASKED_ANEW)
        if why := _why_no_more(newest, chat):
            self._drop([newest], why)
            return reply
        return asking(reply, newest, specs[newest.tool], chat.language)

    def _drop(self, calls: Sequence[Call], why: str) -> None:
        self.approvals.drop([call.call_id for call in calls], why, words.DROPPED)

    def _specs(self, who: Approval) -> dict[str, ToolSpec]:
        """Return the tools some of whose calls they allow, by name."""
        offered = self.box.offered()
        return {spec.name: spec for spec in offered if who in allowed_by(spec)}

    def _waiting(
        self, chat: Userchat, specs: Mapping[str, ToolSpec], who: Approval
    ) -> list[Call]:
        """Return the user's calls that wait for them, the newest first."""
        return [
            call
            for call in self.approvals.waiting(chat.user_id, specs)
            if approval_of(specs[call.tool], call.arguments) == who
        ]

    def _allowed_by_customer(self, call: Call) -> ToolSpec | None:
        """Return a call's tool, if its customer is who allows it."""
        spec = self._specs("customer").get(call.tool)
        if spec is None or approval_of(spec, call.arguments) != "customer":
            return None
        return spec


def _is_over(call: Call, wanted: Wanted) -> bool:
    """Tell whether a call was settled before, and not for this batch."""
    is_ours = call.message_sid in wanted.called_for.message_sids
    return call.state != "waiting" and not is_ours


def _tell_over(call: Call, chat: Userchat, batch: Batch) -> Reply:
    sentence = NOT_OPEN if call.state == "refused" else ALREADY_DECIDED
    return Reply(turn=say(speak(chat.language, sentence), batch))


def _why_no_more(call: Call, chat: Userchat) -> str | None:
    """Return why a call is not asked about again; None: it is."""
    made = call.created_at or EPOCH
    if datetime.now(UTC) - made >= rules.CUSTOMER_LASTS:
        return rules.TOO_OLD
    asked = times_asked(chat, f"{CALL}{call.call_id}")
    return rules.NO_ANSWER if asked >= MOST_ASKED else None


def _decided(decision: Decision, spec: ToolSpec | None) -> Decided:
    told = rules.SAID_NO if spec else rules.NOT_THEIRS
    return Decided(
        allows=decision.allows and spec is not None,
        by="customer",
        lasts=rules.CUSTOMER_LASTS,
        told=told,
    )
