"""From a transcript to what the LLM sees."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, groupby
from operator import itemgetter
from types import MappingProxyType

from bot.chat.beside import (
    Quotable,
    describe_beside,
    describe_marks,
    describe_places,
    describe_quote,
    describe_reaction,
    find_reaction,
)
from bot.chat.choices.lines import as_written
from bot.chat.media.brackets import unforged
from bot.chat.media.describing import describe_media
from bot.chat.media.seeing import NOTHING_SEEN, Seen, without_echo
from bot.chat.offers.telling import tell_sent
from bot.chat.sentences import (
    NOT_ANSWERED_BRAKE,
    NOT_ANSWERED_HANDOFF,
    NOT_ANSWERED_REACTION,
    WAS_PASSED_ON,
    WRITTEN_BY_PERSON,
)
from bot.llm.protocol import PromptMessage
from bot.media.kinds import kind_of
from db.records import Media, Role, Turn

# Tokenizers differ; three bytes a token errs on the safe side in most languages.
BYTES_A_TOKEN = 3
TOKENS_A_MESSAGE = 4

# Who said it, and what.
Line = tuple[Role, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked:
    """What a prompt shows of a talk, and what it leaves out.

    `turns` is how many it shows, `since` the MessageSid of the oldest one. Older ones
    are left out as there are more than is set (`beyond_turns`), or as there was no room
    for them (`beyond_budget`).
    """

    lines: tuple[Line, ...]
    turns: int
    since: str | None
    beyond_turns: int
    beyond_budget: int


def build_prompt(  # noqa: PLR0913, PLR0917  (what is said, and what explains it)
    system_prompt: str,
    turns: Sequence[Turn],
    most_turns: int,
    token_budget: int,
    quotable: Quotable = MappingProxyType({}),
    seen: Seen = NOTHING_SEEN,
) -> list[PromptMessage]:
    """Return system prompt and last turns, within turns and (estimated) tokens.

    The newest turns win; the last one is always there, cut if it alone is too long.
    Neighbours of one role are joined: many chat templates refuse two in a row.
    """
    budget = tokens_beside(system_prompt, token_budget)
    return prompt_of(system_prompt, fit_talk(turns, most_turns, budget, quotable, seen))


def prompt_of(system_prompt: str, talked: Talked) -> list[PromptMessage]:
    """Return the prompt that shows so much of a talk."""
    return [PromptMessage("system", system_prompt), *_joined(talked.lines)]


def tokens_beside(system_prompt: str, token_budget: int) -> int:
    """Return how many tokens a prompt has for all that follows the system's."""
    return max(token_budget - estimate_tokens(system_prompt), token_budget // 4)


def fit_talk(
    turns: Sequence[Turn],
    most_turns: int,
    budget: int,
    quotable: Quotable = MappingProxyType({}),
    seen: Seen = NOTHING_SEEN,
) -> Talked:
    """Return what there is room for, in turns and (estimated) tokens: see above."""
    told = (
        (turn, describe_turn(turn, quotable, seen)) for turn in arrange_turns(turns)
    )
    spoken = [(turn, text) for turn, text in told if text]
    newest = spoken[-most_turns:]
    kept = list(_newest_within([(turn.role, text) for turn, text in newest], budget))
    lines = _beginning_by_user(kept)
    first = newest[len(newest) - len(lines)][0] if lines else None
    return Talked(
        lines=tuple(lines),
        turns=len(lines),
        since=first.message_sid if first else None,
        beyond_turns=len(spoken) - len(newest),
        beyond_budget=len(newest) - len(kept),
    )


def _beginning_by_user(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with a user's first, as many chat templates want it.

    What a person of ours began with is told all the same: it is the reason to answer.
    """
    after = list(dropwhile(lambda line: line[0] != "user", lines))
    before = [text for _, text in lines[: len(lines) - len(after)]]
    begun: list[Line] = [("user", text) for text in before if _is_person_s(text)]
    return [*begun, *after]


def _is_person_s(line: str) -> bool:
    return line.startswith(WRITTEN_BY_PERSON.partition("{")[0])


def arrange_turns(turns: Iterable[Turn]) -> list[Turn]:
    """Return the talk in the order in which it was understood.

    A message that came while an answer was being made stands before that answer in
    the array, though the answer did not see it: each answer moves up to what it
    answers, and what is unanswered comes last. Commands and notices are left out, but
    not what the user said to a person of ours, or while one was to come.
    """
    waiting: list[Turn] = []
    arranged: list[Turn] = []
    to_person = False
    for turn in turns:
        to_person = _is_to_person(turn, to_person)
        if turn.role == "user":
            waiting.append(turn)
        elif turn.in_reply_to:
            settled, waiting = _split(waiting, turn.in_reply_to)
            silent = to_person and turn.role == "system"
            arranged += settled if silent else _spoken(settled, turn)
        elif turn.role == "assistant" and not turn.notice_for:
            settled, waiting = _split(waiting, ())
            arranged += [*settled, turn]
    return arranged + waiting


def _split(
    waiting: Iterable[Turn], sids: Sequence[str]
) -> tuple[list[Turn], list[Turn]]:
    """Return the turns that are settled by now, and those that aren't.

    What has no SID, such as a turn put in by hand, waits for no answer of its own.
    """
    settled: list[Turn] = []
    still_waiting: list[Turn] = []
    for turn in waiting:
        is_settled = turn.message_sid is None or turn.message_sid in sids
        (settled if is_settled else still_waiting).append(turn)
    return settled, still_waiting


def _is_to_person(turn: Turn, before: bool) -> bool:
    """Tell whether notes from here on settle what is for a person of ours.

    Why is told once, after the last word of the bot's: see bot/chat/rules.py.
    """
    if turn.role == "system" and turn.content:
        is_note = turn.content == NOT_ANSWERED_HANDOFF
        return is_note or (before and turn.content != NOT_ANSWERED_BRAKE)
    return before and not turn.is_by_bot


def _spoken(settled: list[Turn], reply: Turn) -> list[Turn]:
    if reply.hands_over:
        return [reply] if reply.error else [*settled, reply]
    if reply.command or reply.role == "system":
        # A reaction that needed no answer says what the user thinks, all the same.
        return settled if reply.content == NOT_ANSWERED_REACTION else []
    # What was given up may be what the LLM's server refuses: it would refuse the rest.
    return [] if reply.error else [*settled, reply]


def describe_turn(
    turn: Turn,
    quotable: Quotable = MappingProxyType({}),
    seen: Seen = NOTHING_SEEN,
) -> str:
    """Return a turn in words: its text, and what came with it, as far as it was seen.

    That a user was passed on is told, and not in which words: a model that reads them
    writes them again.
    """
    if turn.hands_over:
        return WAS_PASSED_ON
    if turn.is_by_person and turn.content.strip():
        return WRITTEN_BY_PERSON.format(turn.content.strip())
    if find_reaction(turn):
        return describe_reaction(turn, quotable)
    media = (*describe_media(turn, seen), *tell_sent(turn))
    told = (*describe_places(turn), *media, *describe_beside(turn))
    told = (*told, *describe_marks(turn))
    # A model that reads what was heard above its answers writes such lines itself.
    said = turn.content
    if turn.is_by_bot:
        said = as_written(turn, without_echo(said))
    said = unforged(said) if turn.role == "user" else said
    texts = [text for text in (said, *told) if text.strip()]
    return "\n".join([*describe_quote(turn, quotable), *texts] if texts else [])


def media_kind(media: Media) -> str:
    """Return audio, video, image, location, contact, document or unknown."""
    return kind_of(str(media.get("type", "")))


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return len(text.encode()) // BYTES_A_TOKEN + TOKENS_A_MESSAGE


def _newest_within(lines: Sequence[Line], budget: int) -> Iterator[Line]:
    kept: list[Line] = []
    for role, line in reversed(lines):
        text = line
        if estimate_tokens(text) > budget:
            if kept:
                break
            text = _cut(text, budget)
        budget -= estimate_tokens(text)
        kept.append((role, text))
    return reversed(kept)


def _cut(text: str, budget: int) -> str:
    most_bytes = max(budget - TOKENS_A_MESSAGE, 1) * BYTES_A_TOKEN
    return text.encode()[:most_bytes].decode(errors="ignore")


def _joined(lines: Iterable[Line]) -> Iterator[PromptMessage]:
    for role, neighbours in groupby(lines, key=itemgetter(0)):
        yield PromptMessage(role, "\n\n".join(text for _, text in neighbours))
