"""Finding what a user's own files say about a question."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from bot.chat.files.choosing import OwnFile, choose_files, has_files
from bot.chat.media.seeing import words_of
from bot.chat.replies import Batch
from bot.knowledge.finding.followup import COMMON, MOST_OWN_WORDS, find_earlier_words
from bot.knowledge.finding.ranking import NOTHING, Rated, rate
from bot.knowledge.protocol import Question
from bot.knowledge.small_talk import asks_for_nothing
from bot.knowledge.words import split_words, words_to_find
from db.records import DocumentPiece, Found, Passage, Userchat

log = logging.getLogger(__name__)

# A file with no more pieces is given whole.
MOST_WHOLE = 8
# Of a longer one, as much as fits; and where no word matches, how it begins.
MOST_PASSAGES = 8
MOST_OPENING = 2
# How much of a question has to stand in a file that came just before, or earlier.
LEAST_SHARES = {"recent": 0.3, "earlier": 0.6}
# Words from the turns before count less: see db.knowledge.search.
EARLIER_WEIGHT = 0.4
# How well a file fits that is meant, at least.
MEANT = 0.5
MOST_WORDS = 64
# Splitting 100 pieces into words takes about 0.1 s.
MOST_SPLIT = 200
LETTERS_COMPARED = 4


class OwnFiles(Protocol):
    """Finds passages of the files that a user sent."""

    def find(self, chat: Userchat, batch: Batch, question: Question, /) -> Found:
        """Return what a user's files say about a batch, the best first; never raises.

        Nothing is asked where no turn of the chat brought a file.
        """


class NoFiles:
    """There are none."""

    def find(self, _chat: Userchat, _batch: Batch, _question: Question) -> Found:
        """Find nothing."""
        return Found()


@dataclass(frozen=True, slots=True)
class _Rated:
    """A file with its pieces, and how well each fits."""

    file: OwnFile
    pieces: Sequence[DocumentPiece]
    rated: Sequence[Rated]

    @property
    def share(self) -> float:
        return max((one.share for one in self.rated), default=0.0)


@dataclass(frozen=True, slots=True)
class FilesFound:
    """Finds passages in the pieces that a store has.

    `load(user_id, documents)` returns those of this user's documents, named by
    MessageSid and position; `stem(language, words)` what words are found by.
    """

    load: Callable[[UUID, Sequence[tuple[str, int]]], Sequence[DocumentPiece]]
    stem: Callable[[str | None, Collection[str]], Mapping[str, Sequence[str]]]

    def find(self, chat: Userchat, batch: Batch, question: Question, /) -> Found:
        """Return what a user's files say about a batch, the best first."""
        if not has_files(chat):
            return Found()
        try:
            return self._find(chat, batch, question)
        except Exception:
            log.exception("a user's own files could not be searched")
            return Found()

    def _find(self, chat: Userchat, batch: Batch, question: Question) -> Found:
        words = "\n".join(filter(None, (words_of(turn, chat.seen) for turn in batch)))
        files = choose_files(chat, batch, words)
        is_meant = any(file.nearness == "meant" for file in files)
        if not files or (asks_for_nothing(words) and not is_meant):
            return Found()
        asked = _asked(words, question.earlier)
        rated = self._rate(chat.user_id, files, asked)
        leans = _leans(words)
        due = [one for one in rated if _is_due(one, chat, is_meant, leans=leans)]
        passages = [passage for one in due for passage in _passages(one)]
        passages.sort(key=lambda passage: -passage.score)
        best = max((passage.score for passage in passages), default=None)
        return Found(passages=tuple(passages), confidence=best)

    def _rate(
        self, user_id: UUID, files: Sequence[OwnFile], asked: Mapping[str, float]
    ) -> list[_Rated]:
        keys = [(file.seen.message_sid, file.seen.position) for file in files]
        pieces = self.load(user_id, keys)
        by_file: list[list[DocumentPiece]] = [[] for _ in files]
        for piece in pieces:
            by_file[piece.document].append(piece)
        return [
            _Rated(file, mine, self._rate_pieces(file, mine, asked))
            for file, mine in zip(files, by_file, strict=True)
            if mine
        ]

    def _rate_pieces(
        self, file: OwnFile, pieces: Sequence[DocumentPiece], asked: Mapping[str, float]
    ) -> list[Rated]:
        """Return how well the pieces of a file fit, by the stems of its language."""
        if not asked:
            return [NOTHING for _ in pieces]
        words = [_words_of(piece) for piece in _looked_through(pieces, asked)]
        every = {word for each in words for word in each} | set(asked)
        stems = self.stem(file.seen.language, every)
        texts = [Counter(s for word in each for s in stems[word]) for each in words]
        weights: dict[str, float] = {}
        for word, weight in asked.items():
            for stem in stems[word]:
                weights[stem] = max(weight, weights.get(stem, 0.0))
        return rate(texts, weights)


def _looked_through(
    pieces: Sequence[DocumentPiece], asked: Iterable[str]
) -> Iterator[DocumentPiece | None]:
    """Yield the pieces whose words are to be split, and None for each of the others.

    Of a long document these are the ones that hold the beginning of a word.
    """
    begins = {word[:LETTERS_COMPARED] for word in asked if word not in COMMON}
    is_long = len(pieces) > MOST_SPLIT
    for piece in pieces:
        folded = f"{piece.heading}\n{piece.text}".casefold() if is_long else ""
        is_due = not is_long or any(begin in folded for begin in begins)
        yield piece if is_due else None


def _words_of(piece: DocumentPiece | None) -> tuple[str, ...]:
    return () if piece is None else words_to_find("", piece.heading, piece.text)


def _asked(words: str, earlier: tuple[str, ...]) -> dict[str, float]:
    """Return the words of a question with their weights, those it leans on, too."""
    leaned = dict.fromkeys(find_earlier_words(words, earlier), EARLIER_WEIGHT)
    own = dict.fromkeys(split_words(words)[:MOST_WORDS], 1.0)
    return {**leaned, **own}


def _leans(words: str) -> bool:
    own = {word for word in split_words(words) if word not in COMMON}
    return len(own) <= MOST_OWN_WORDS


def _is_due(one: _Rated, chat: Userchat, is_meant: bool, *, leans: bool) -> bool:
    """Tell whether a file is shown; only what fits well, beside one that is meant."""
    nearness = one.file.nearness
    if nearness == "meant":
        return True
    if is_meant:
        return one.share >= LEAST_SHARES["earlier"]
    known = one.file.seen.language
    is_foreign = bool(known and chat.language) and known != chat.language
    if nearness == "recent" and (leans or is_foreign):
        return True
    return one.share >= LEAST_SHARES[nearness]


def _passages(one: _Rated) -> Iterator[Passage]:
    """Yield what is shown of a file, as far as there is room."""
    least = MEANT if one.file.nearness == "meant" else 0.0
    for at in _places(one):
        yield _passage(one, at, max(one.rated[at].score, least))


def _places(one: _Rated) -> Sequence[int]:
    """Return which pieces: all of a short file, else what fits, or how it begins."""
    every = range(len(one.pieces))
    if len(every) <= MOST_WHOLE:
        return every
    best = sorted(every, key=lambda at: -one.rated[at].score)[:MOST_PASSAGES]
    return [at for at in best if one.rated[at].score > 0] or every[:MOST_OPENING]


def _passage(one: _Rated, at: int, score: float) -> Passage:
    seen, piece = one.file.seen, one.pieces[at]
    return Passage(
        chunk_id=0,
        document_id=0,
        title=seen.file_name or "",
        text=piece.text,
        heading=piece.heading or None,
        page=piece.page,
        sha256=seen.sha256,
        language=seen.language,
        score=score,
        is_own=True,
    )
