"""Catalogues as gettext's .po files: read, merged, checked."""

import re
from collections.abc import Iterator, Mapping
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.languages.names import ENGLISH, LANGUAGES

LINE = re.compile(
    r'\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?".*")?\s*'
)
FOLDER = Path(__file__).parent / "catalogues"

# A sentence, or its forms where it tells of a number.
Words = str | tuple[str, ...] | list[str]
# What is said for each sentence of ours.
Said = Mapping[Words, Words]


def read_catalogue(file: Path, language: str) -> Catalog:
    """Return a file's catalogue. Raises OSError, PoFileError, UnicodeDecodeError."""
    with file.open("rb") as given:
        return read_po(given, locale=language, charset="utf-8", abort_invalid=True)


def compile_language(language: str, changed: Said) -> GNUTranslations:
    """Return our sentences in a language, with those that an operator changed."""
    file = FOLDER / f"{language}.po"
    catalogue = (
        Catalog(locale=language)
        if language == ENGLISH
        else read_catalogue(file, language)
    )
    for words, said in changed.items():
        catalogue.delete(_key(words))
        catalogue.add(words, said)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def known_sentences() -> Mapping[str, Message]:
    """Return all that users read, by its English words, those of one thing."""
    other = next(code for code in LANGUAGES if code != ENGLISH)
    catalogue = read_catalogue(FOLDER / f"{other}.po", other)
    return {_key(message.id): message for message in catalogue if message.id}


def read_changes(folder: Path) -> tuple[Mapping[str, Said], list[str]]:
    """Return what a folder's files say otherwise, by language, and what is wrong.

    A file is named by its language, such as es.po, and holds any sentences.
    """
    known = known_sentences()
    changed: dict[str, Said] = {}
    problems: list[str] = []
    try:
        files = sorted(folder.glob("*.po"))
    except OSError:
        files = []
    if not files:
        problems.append("must be a folder with files such as es.po")
    for file in files:
        said, wrong = _read_file(file, known)
        changed[file.stem] = said
        problems += (f"{file.name}{told}" for told in wrong)
    return changed, problems


def find_faults(message: Message, forms: int) -> Iterator[str]:
    """Yield what is wrong with what is said for a sentence, in `forms` of a number."""
    if message.fuzzy:
        yield "it is marked fuzzy: check it, and take the mark away"
    is_counted, told = message.pluralizable, _texts(message.string)
    if is_counted and (len(told) != forms or not all(told)):
        yield f"it needs {forms} forms, one for each kind of number"
    wanted = _gaps_in(message.id)
    for said in told:
        try:
            gaps = _gaps(said)
        except ValueError:
            yield "a brace that opens no gap is written twice: {{ or }}"
            continue
        if unknown := gaps - wanted:
            yield f"it has no gap {{{min(unknown)}}}"
        # "One thing", and two in Arabic, need no number.
        if missing := wanted - gaps - ({"number"} if is_counted else set()):
            yield f"the gap {{{min(missing)}}} is missing"


def _read_file(file: Path, known: Mapping[str, Message]) -> tuple[Said, list[str]]:
    if file.stem not in LANGUAGES:
        return {}, [f": is no language of the bot's: {', '.join(LANGUAGES)}"]
    try:
        if bad := _find_bad_line(file.read_text(encoding="utf-8")):
            return {}, [f", line {bad}: is not as .po files are written"]
        catalogue = read_catalogue(file, file.stem)
    except (OSError, ValueError, PoFileError):
        return {}, [": must be a gettext file in UTF-8 that can be read"]
    given = [
        message for message in catalogue if message.id and any(_texts(message.string))
    ]
    wrong = [
        f", line {message.lineno}: {fault}"
        for message in given
        for fault in _faults_of_change(message, known, catalogue.num_plurals)
    ]
    return {message.id: message.string or "" for message in given}, wrong


def _find_bad_line(text: str) -> int | None:
    """Return the number of the first line that Babel would read as it likes."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if not LINE.fullmatch(line)), None)


def _faults_of_change(
    message: Message, known: Mapping[str, Message], forms: int
) -> Iterator[str]:
    ours = known.get(_key(message.id))
    if ours is None or ours.id != message.id:
        yield "no sentence of the bot's has this msgid"
    else:
        yield from find_faults(message, forms)


def _key(words: Words) -> str:
    return words if isinstance(words, str) else words[0]


def _texts(said: Words | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def _gaps_in(words: Words) -> set[str]:
    return set().union(*map(_gaps, _texts(words)))


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
