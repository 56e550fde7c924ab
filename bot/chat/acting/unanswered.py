"""What comes in place of an answer, where something was done for its messages."""

from dataclasses import dataclass, replace

from bot.chat.acting.calls import EFFECT, subject_of, tied
from bot.chat.acting.sentences import MAY_BE_DONE
from bot.chat.handoff.passing import passing_on
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Batch, say
from bot.languages.speaking import speak
from bot.tools.ledger import Ledger
from bot.tools.protocol import Toolbox
from db.records import Call, Reply, Userchat

# What may have had its effect.
MAY_HAVE = ("done", "unknown", "intent")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Batches that end without an answer; without `handoff` there are no people."""

    box: Toolbox
    ledger: Ledger
    handoff: HandoffPolicy | None = None

    def instead(self, chat: Userchat, batch: Batch, word: Reply) -> Reply:
        """Return the word, or one that tells that something may be done already.

        A person is called to tell what. Who has one already is theirs: what is unclear
        stays untied, so that the sweep of calls tells them.
        """
        calls = self._find(batch) if chat.owner == "bot" else []
        if not self._may_have(calls):
            return word
        turn = say(speak(chat.language, MAY_BE_DONE), batch)
        said = replace(word, turn=replace(turn, error=word.turn.error))
        told = tied(replace(said, hands_over=None), calls)
        if self.handoff is None:
            return told
        about = subject_of(self._may_have(calls), "not told")
        return passing_on(told, about, self.handoff, EFFECT, chat.language)

    def _find(self, batch: Batch) -> list[Call]:
        sids = [turn.message_sid for turn in batch if turn.message_sid]
        return list(self.ledger.find(sids[0])) if sids else []

    def _may_have(self, calls: list[Call]) -> list[Call]:
        """Return the calls that may have changed something."""
        may_have = (call for call in calls if call.state in MAY_HAVE)
        return [call for call in may_have if not self._only_reads(call)]

    def _only_reads(self, call: Call) -> bool:
        """Tell it also of what is not offered now, such as a lookup without a table."""
        spec = self.box.find_spec(call.tool)
        return spec is not None and spec.effects == "none"
