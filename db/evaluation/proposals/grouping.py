"""Like things together, and what may come of each group.

An entry of knowledge comes of every question that nothing told, that was answered
badly, or that a person answered. A rule comes of words about bad answers that like
words repeat, and of a correction that an operator had to make twice. A canned reply
comes of what people of ours told two users in the same words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from db.delivery.with_sources import LIKE
from db.records.evaluation.proposals import Happened, NewProposal, ProposalKind

LEAST_FOR_A_RULE = 2
LEAST_PEOPLE_TOLD = 2
# What is as short as "Yes." is typed faster than it is chosen.
SHORTEST_CANNED = 20
LONGEST_CANNED = 4000

Key = tuple[str, ...]


@dataclass(slots=True)
class _Groups:
    """Groups by their keys; those in `known` have a proposal already."""

    known: frozenset[Key]
    members: dict[Key, list[Happened]] = field(default_factory=dict)

    def join(self, one: Happened, stems: Key) -> None:
        """Add a thing to the group that it is like, or found one.

        As questions join gaps: a group's key has no word that one in it did not say.
        """
        own = frozenset(stems)
        like = [
            key
            for key in (*self.known, *self.members)
            if own.issuperset(key) and len(key) >= LIKE * len(own)
        ]
        key = max(like, key=lambda k: (len(k), k), default=stems)
        self.members.setdefault(key, []).append(one)

    def large(self, least: int) -> Iterator[tuple[Key, list[Happened]]]:
        """Yield the groups with a proposal, and others that are large enough."""
        for key, members in self.members.items():
            if key in self.known or len(members) >= least:
                yield key, members


Known = dict[ProposalKind, frozenset[Key]]


def propose(happened: Sequence[Happened], known: Known) -> list[NewProposal]:
    """Return what may come of what happened; `known` are the keys of proposals."""
    rules = [*_rules(happened, known.get("rule", frozenset()))]
    ruled = {_name(one) for rule in rules for one in rule.sources}
    rest = [one for one in happened if _name(one) not in ruled]
    entries = _entries(rest, known.get("entry", frozenset()))
    return [*entries, *rules, *_canned(happened)]


def _entries(
    happened: Iterable[Happened], known: frozenset[Key]
) -> Iterator[NewProposal]:
    groups = _Groups(known)
    asked = [one for one in happened if one.kind != "correction" and one.stems]
    for one in sorted(asked, key=lambda one: (len(one.stems), one.happened_at)):
        groups.join(one, one.stems)
    for key, members in groups.large(1):
        yield NewProposal(kind="entry", terms=key, sources=tuple(members))


def _rules(
    happened: Iterable[Happened], known: frozenset[Key]
) -> Iterator[NewProposal]:
    """Yield rules: of remarks on whatever questions, of corrections on one."""
    groups = _Groups(known)
    told = [(one, _stems_for_a_rule(one)) for one in happened]
    for one, stems in sorted(
        told, key=lambda told: (len(told[1]), told[0].happened_at)
    ):
        if stems:
            groups.join(one, (f"{one.kind}:", *stems))
    for key, members in groups.large(LEAST_FOR_A_RULE):
        yield NewProposal(kind="rule", terms=key, sources=tuple(members))


def _stems_for_a_rule(one: Happened) -> Key:
    return one.stems if one.kind == "correction" else one.remarked


def _canned(happened: Iterable[Happened]) -> Iterator[NewProposal]:
    alike: dict[str, list[Happened]] = defaultdict(list)
    for one in happened:
        told = " ".join((one.told or "").split())
        if one.kind == "takeover" and SHORTEST_CANNED <= len(told) <= LONGEST_CANNED:
            alike[told.casefold()].append(one)
    for told, members in alike.items():
        if len({one.user_id for one in members}) >= LEAST_PEOPLE_TOLD:
            # No words in the key: it may stay longer than those whom it was told.
            key = sha256(told.encode()).hexdigest()[:16]
            yield NewProposal(kind="canned", terms=(key,), sources=tuple(members))


def _name(one: Happened) -> tuple[str, object]:
    return one.kind, one.reference_id
