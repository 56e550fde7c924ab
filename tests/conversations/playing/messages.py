"""What somebody sends, as Twilio's webhook tells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.conversations.playing import things
from tests.conversations.playing.reading import check_keys
from tests.conversations.playing.servers import Twilio
from tests.records import new_sid

ACCOUNT = "AC" + "0" * 32
OURS = "whatsapp:+14155238886"
# How a thing is made, and as what it comes.
THINGS: Mapping[str, tuple[Callable[[Any], bytes], str]] = {
    "voice": (things.voice_note, "audio/ogg"),
    "picture": (things.picture, "image/jpeg"),
    "sticker": (things.picture, "image/webp"),
    "file": (things.document, "application/pdf"),
    "contact": (things.card, "text/vcard"),
    "video": (lambda told: b"\0\0\0\x18ftypmp42" + str(told).encode(), "video/mp4"),
}
PLACE = {"latitude", "longitude", "address", "label"}
KEYS = {
    *THINGS, "text", "location", "reaction", "to", "quote", "button", "fields",
    "gone", "as", "name", "minutes_ago",
}  # fmt: skip


@dataclass(slots=True)
class Phone:
    """Somebody's WhatsApp: what they sent and got, each with its SID."""

    address: str
    name: str
    twilio: Twilio
    sent: list[str] = field(default_factory=list)

    def form(self, told: Any) -> dict[str, str]:
        """Return the webhook's form of a message."""
        told = {"text": told} if isinstance(told, str) else told
        check_keys(told, KEYS, "a message")
        sid = new_sid()
        form = {
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": self.address,
            "To": OURS,
            "ProfileName": _letters(told.get("name", self.name)),
            "Body": _letters(told.get("text", "")),
            "NumMedia": "0",
        }
        form |= self._media(sid, told) | self._beside(told)
        form |= {key: _letters(value) for key, value in told.get("fields", {}).items()}
        self.sent.append(sid)
        return form

    def _media(self, sid: str, told: Mapping[str, Any]) -> dict[str, str]:
        found = next((kind for kind in THINGS if kind in told), None)
        if found is None:
            return {}
        make, media_type = THINGS[found]
        media_sid = f"ME{sid[2:]}"
        is_gone = "gone" in told
        self.twilio.media[media_sid] = (
            int(told["gone"]) if is_gone else make(told[found])
        )
        path = f"2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{media_sid}"
        return {
            "NumMedia": "1",
            "MediaUrl0": f"https://api.twilio.com/{path}",
            "MediaContentType0": told.get("as", media_type),
            "MessageType": "sticker" if found == "sticker" else found,
        }

    def _beside(self, told: Mapping[str, Any]) -> dict[str, str]:
        form: dict[str, str] = {}
        if place := told.get("location"):
            check_keys(place, PLACE, "a location")
            form |= {name.title(): value for name, value in place.items()}
            form["MessageType"] = "location"
        if "reaction" in told:
            form |= {"MessageType": "reaction", "Body": told["reaction"]}
        if "button" in told:
            form |= {"MessageType": "button", "ButtonText": told["button"]}
        if named := told.get("quote") or told.get("to"):
            form["OriginalRepliedMessageSid"] = self._named(named)
        return form

    def _named(self, named: str) -> str:
        """Return the SID of "bot 1", "user 2" or "unknown"."""
        whose, _, number = named.partition(" ")
        if whose == "unknown":
            return new_sid()
        got = [one.sid for one in self.twilio.delivered]
        return (got if whose == "bot" else self.sent)[int(number) - 1]


def _letters(text: str) -> str:
    """Return a text; one such as `x * 10000` is that many."""
    letters, times, number = text.rpartition(" * ")
    return letters * int(number) if times and number.isdigit() else text
