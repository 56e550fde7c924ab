"""Bring the catalogues up to date, after a sentence changed: `python -m bot.languages`.

Sentences are those that spoken() and spoken_of() mark in files named sentences.py. Each
catalogue gets what is new, untranslated, and loses what is gone; what is to be
translated is told.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from bot.languages.names import ENGLISH, LANGUAGES
from bot.languages.pofiles import FOLDER, find_faults, read_catalogue

ROOT = Path(__file__).parents[2]
SENTENCES = [("**/sentences.py", "python")]
MARKS = {"spoken": None, "spoken_of": (1, 2)}
HEADER = """# The bot's sentences in {name}. Kept by `python -m bot.languages`.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def extract() -> Catalog:
    """Return all sentences that are marked in the sources."""
    found = Catalog()
    for _, _, words, _, _ in extract_from_dir(ROOT / "bot", SENTENCES, keywords=MARKS):
        found.add(words)
    return found


def update(language: str, marked: Catalog, folder: Path = FOLDER) -> list[str]:
    """Bring a language's file up to date; return what is wrong with it, a line each."""
    file = folder / f"{language}.po"
    catalogue = read_catalogue(file, language) if file.exists() else Catalog(language)
    catalogue.update(marked, no_fuzzy_matching=True)
    file.write_bytes(_written(language, catalogue))
    return [
        f'{file.name}: "{_shown(message)}": {fault}'
        for message in catalogue
        if message.id
        for fault in _faults(message, catalogue.num_plurals)
    ]


def _written(language: str, catalogue: Catalog) -> bytes:
    """Return a file's bytes, in which nothing changes by itself, such as a date."""
    name, plurals = LANGUAGES[language][0], catalogue.plural_forms
    text = BytesIO()
    text.write(HEADER.format(name=name, code=language, plurals=plurals).encode())
    write_po(
        text, catalogue, 88, no_location=True, omit_header=True, ignore_obsolete=True
    )
    return text.getvalue()


def _faults(message: Message, forms: int) -> list[str]:
    said = message.string or ()
    return list(find_faults(message, forms)) if any(said) else ["is not translated"]


def _shown(message: Message) -> str:
    words = message.id if isinstance(message.id, str) else message.id[0]
    return words[:60].replace("\n", " ")


def _main() -> int:
    marked = extract()
    others = [code for code in LANGUAGES if code != ENGLISH]
    faults = [fault for code in others for fault in update(code, marked)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(f"{len(marked)} sentences in {len(others)} languages: ")
    sys.stdout.write(f"{len(faults)} faults\n" if faults else "all is well\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(_main())
