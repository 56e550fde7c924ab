"""A file that an operator sends: what it is by its bytes, and the messages it makes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from flask import request

from bot.media.outgoing.kinds import MOST_BYTES, Kind, check_file
from bot.media.outgoing.refs import StoredRef
from bot.whatsapp.text.splitting import split_message
from db.database import Statements
from db.media.contents import MediaContents
from db.records import PartContent

# WhatsApp shows so much under a picture.
LONGEST_CAPTION = 1000
KNOWN_AS = {"image": "picture", "audio": "sound", "video": "video"}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that WhatsApp takes; its name is safe."""

    name: str
    kind: Kind
    content: bytes = field(repr=False)

    @property
    def ref(self) -> StoredRef:
        """What its bytes are named by."""
        return StoredRef(sha256(self.content).hexdigest())

    @property
    def words(self) -> str:
        """What stands in the transcript where nothing was written."""
        what = KNOWN_AS.get(self.kind.media_type.partition("/")[0], "file")
        return f"[{what}: {self.name}]"

    @contextmanager
    def kept_in(
        self, contents: MediaContents
    ) -> Iterator[Callable[[Statements], None]]:
        """Yield what keeps its bytes in the transaction that stores what names them.

        Raises OSError.
        """
        with contents.prepared(self.content, self.kind.media_type) as prepared:
            yield partial(contents.keep, prepared=prepared)


def read_file(field_name: str = "file") -> Attached | None:
    """Return the file that came with the form; None: there is none.

    Raises NotSendableError where WhatsApp would not take it.
    """
    file = request.files.get(field_name)
    if file is None or not file.filename:
        return None
    content = file.stream.read(MOST_BYTES + 1)
    kind = check_file(content, file.filename)
    return Attached(kind.named(file.filename), kind, content)


def make_parts(text: str, file: Attached | None) -> tuple[PartContent, ...]:
    """Return the messages: a short text stands under its picture, a sound has none."""
    if file is None:
        return tuple(map(PartContent, split_message(text)))
    media = file.ref.called(file.name)
    is_sound = file.kind.media_type.startswith("audio/")
    if is_sound or len(text) > LONGEST_CAPTION:
        words = map(PartContent, split_message(text)) if text.strip() else ()
        return (*words, PartContent("", media=media))
    return (PartContent(text.strip(), media=media),)
