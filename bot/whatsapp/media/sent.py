"""What a part's media are given to Twilio as: addresses that it can load from."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.media.outgoing.addresses import MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import Kind, NotSendableError, check_kept
from bot.media.outgoing.refs import FileRef, StoredRef, is_ours, read_ref, with_names
from db.media.sent import KeptContent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SentMedia:
    """Makes addresses of refs, once what they name is there and WhatsApp takes it."""

    addresses: MediaAddresses
    find_content: Callable[[str], KeptContent | None]
    folder: MediaFolder | None = None

    def addresses_of(self, media: Sequence[str]) -> list[str]:
        """Return addresses of all that can be sent; the log says what can't, and why.

        What is an address already stays as it is. Raises StoreUnavailableError.
        """
        made = (
            self._address_of(one, name) if is_ours(one) else one
            for one, name in with_names(media)
        )
        return [address for address in made if address]

    def _address_of(self, media: str, name: str) -> str | None:
        ref = read_ref(media)
        try:
            if isinstance(ref, StoredRef):
                kind = self._check_stored(ref)
                return self.addresses.sign(ref, kind.named(name or _name_of(kind)))
            if isinstance(ref, FileRef):
                self._check_file(ref)
                return self.addresses.sign(ref, ref.name)
        except NotSendableError as error:
            log.error("something is not sent: %s", error)  # noqa: TRY400 (no trace)
        else:
            log.error("something is not sent: it is named in a way that I don't know")
        return None

    def _check_stored(self, ref: StoredRef) -> Kind:
        found = self.find_content(ref.sha256)
        if found is None:
            raise NotSendableError("its bytes are not kept any more.")
        return check_kept(found.media_type, found.size)

    def _check_file(self, ref: FileRef) -> None:
        if self.folder is None:
            raise NotSendableError(f"{ref.name!r} is in no folder: set MEDIA_OUT.")
        if self.folder.find(ref.name) is None:
            raise NotSendableError(f"there is no file {ref.name!r} in MEDIA_OUT.")


def _name_of(kind: Kind) -> str:
    """Return what a file without a name is called: picture, video, file."""
    what = {"image": "picture", "audio": "voice", "video": "video"}
    return what.get(kind.media_type.split("/")[0], "file")
