"""What answers situations of the past anew, by the chain that answers users."""

# ruff: noqa: PLC0415

from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from bot.languages.shelf import shelf
from bot.settings import Settings
from bot.wiring.evaluation.offering import build_specs
from bot.wiring.evaluation.spending import build_meter_apart, build_purse, measure_for
from bot.wiring.knowledge import build_knowledge
from bot.wiring.media import build_files, read_contents
from bot.wiring.media_out import build_offers
from bot.wiring.memory import build_recall
from bot.wiring.money.metering import build_llm
from bot.wiring.senses import build_gallery, build_looking
from bot.wiring.talk import Means, build_answering
from db.database import Database
from db.evaluation.proposals.rules import RulesInForce

if TYPE_CHECKING:
    from bot.chat.asked import Policy
    from bot.chat.replies import Answers
    from bot.evaluation.again import Again, Costs
    from bot.evaluation.playback import Playback
    from bot.evaluation.situations import Change
    from bot.knowledge.protocol import Knowledge
    from bot.llm.account import LLMServer
    from bot.llm.endpoint import Measure
    from bot.llm.protocol import LLM
    from db.evaluation.situations import Situations
    from db.records.evaluation import Situation


def build_situations(settings: Settings, database: Database) -> "Situations":
    """Return what finds the situations of the past."""
    from db.evaluation.situations import Situations

    return Situations(database, build_recall(settings, database))


def build_anew(  # noqa: PLR0913  (what is tried, and what for)
    settings: Settings,
    database: Database,
    server: "LLMServer",
    change: "Change",
    *,
    purpose: str = "replay",
    most_micros: int | None = None,
    stopping: Event | None = None,
) -> "Again":
    """Return what answers anew on a server: it sends, stores and calls nothing.

    What it costs counts for the `purpose`, in no budget; `most_micros` is what may be
    spent in all, in millionths. Raises OperatorError where a tool can't be loaded.
    """
    shelf.install(settings.wording.default, settings.wording.changed)
    server, change = _server_of(server, change), _beside_rules(database, change)
    settings = replace(settings, llm=server)
    purse = build_purse(settings, database, most_micros)
    meter = build_meter_apart(settings, purse)
    means = _build_means(settings, database, change, measure_for(meter, purpose))
    return replace(
        _again(settings, change, build_llm(server, meter, purpose), means),
        specs=build_specs(settings, database),
        purse=purse,
        costs=costs_of(settings, server),
        stopping=stopping or Event(),
    )


def _beside_rules(database: Database, change: "Change") -> "Change":
    """Return the change with the rules that are in force before its own."""
    return replace(change, rules=(*RulesInForce(database).find(), *change.rules))


def _server_of(server: "LLMServer", change: "Change") -> "LLMServer":
    """Return the server with the model that is tried.

    Whether that one sees is told by its name, where it was told so of the other.
    """
    from bot.llm.account import SEEING

    model, sees = change.model or server.model, server.sees
    if sees == bool(SEEING.search(server.model)):
        sees = bool(SEEING.search(model))
    return replace(server, model=model, sees=sees)


def _again(settings: Settings, change: "Change", llm: "LLM", means: Means) -> "Again":
    """Return what answers anew, without tools, and whatever it costs."""
    from bot.evaluation.again import Again
    from bot.tools.approval.waiting import ByApproval

    tried = replace(settings, policy=_changed(settings.policy, change))
    is_then = change.knowledge == "then"
    return Again(
        build=partial(_build, tried, llm, means, is_then=is_then),
        policy_at=partial(_policy_at, tried.policy),
        gate=ByApproval(has_people=settings.policy.handoff is not None),
        is_then=is_then,
    )


def _changed(policy: "Policy", change: "Change") -> "Policy":
    from bot.chat.standing.rules import with_rules

    prompt = policy.system_prompt if change.prompt is None else change.prompt
    return replace(policy, system_prompt=with_rules(prompt, change.rules))


def _policy_at(policy: "Policy", situation: "Situation") -> "Policy":
    handoff = policy.handoff and replace(policy.handoff, at=situation.at)
    return replace(policy, at=situation.at, handoff=handoff)


def _build_means(
    settings: Settings, database: Database, change: "Change", measure: "Measure"
) -> Means:
    """Return what answers are made from, all but their tools."""
    from bot.chat.answering import Room

    knowledge = build_knowledge(settings, database, measure)
    looking = build_looking(settings)
    return Means(
        knowledge=_with_entries(knowledge, database, change),
        gallery=build_gallery(looking, read_contents(database, settings.media)),
        files=build_files(database),
        offers=build_offers(settings),
        room=Room(),
    )


def _with_entries(
    knowledge: "Knowledge", database: Database, change: "Change"
) -> "Knowledge":
    from bot.evaluation.knowledge import WithEntries
    from db.knowledge.terms import find_stems

    if not change.entries:
        return knowledge
    return WithEntries(knowledge, change.entries, partial(find_stems, database))


def _build(  # noqa: PLR0913  (what one answer takes)
    settings: Settings,
    llm: "LLM",
    means: Means,
    situation: "Situation",
    playback: "Playback",
    *,
    is_then: bool,
) -> "Answers":
    """Return who answers one situation: the links of a worker's chain that say it."""
    from bot.chat.approval.approving import Approving
    from bot.chat.language.disclosing import Disclosing
    from bot.chat.media.echoing import Echoing
    from bot.evaluation.playback import WaitingThen

    policy = _policy_at(settings.policy, situation)
    of_then = replace(settings, policy=policy)
    answers = build_answering(
        of_then, llm, _means_of(means, situation, playback, is_then)
    )
    if settings.wording.discloses:
        answers = Disclosing(answers)
    if playback.offered():
        waiting = WaitingThen(situation, playback)
        answers = Approving(answers, playback, playback, waiting, policy.handoff)
    return Echoing(answers) if settings.media.echoes_voice else answers


def _means_of(
    means: Means, situation: "Situation", playback: "Playback", is_then: bool
) -> Means:
    """Return what one answer is made from: its tools, and what was found then."""
    from bot.evaluation.knowledge import FoundThen, WithEntries
    from bot.tools.acting import Acting

    acting = Acting(playback, playback, playback) if playback.offered() else None
    if not is_then or situation.found is None:
        return replace(means, acting=acting)
    then: Knowledge = FoundThen(situation.found)
    if isinstance(means.knowledge, WithEntries):
        then = replace(means.knowledge, knowledge=then)
    return replace(means, acting=acting, knowledge=then)


def costs_of(settings: Settings, server: "LLMServer") -> "Costs | None":
    """Return what completions of a server's model cost; None without prices."""
    from bot.evaluation.again import Costs

    prices = settings.money.prices
    if prices is None:
        return None
    return Costs(prices=prices.find(server.model)[0], most_output=server.max_tokens)
