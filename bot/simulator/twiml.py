"""What a webhook's answer tells Twilio to send.

Source: https://www.twilio.com/docs/messaging/twiml
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


class TwimlError(ValueError):
    """The answer is no TwiML; Twilio's error 12100 or 12300."""


@dataclass(frozen=True, slots=True)
class TwimlMessage:
    """A `<Message>` in an answer."""

    body: str
    media_urls: tuple[str, ...] = ()
    status_callback: str | None = None


def parse_replies(content_type: str, text: str) -> list[TwimlMessage]:
    """List the messages that an answer asks for; plain text is itself one.

    Raises TwimlError.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if not text.strip():
        return []
    if kind == "text/plain":
        return [TwimlMessage(text)]
    if kind not in XML_TYPES:
        raise TwimlError(f"the answer is {kind or 'of no type'}, not text/xml (12300)")
    return [_parse_message(element) for element in _root(text).findall("Message")]


def _root(text: str) -> ET.Element:
    try:
        # The text is the bot's own, at most 64 KB, and expat bounds entities.
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise TwimlError(f"the answer is no XML: {error} (12100)") from None
    if root.tag != "Response":
        raise TwimlError(f"the answer is <{root.tag}>, not <Response> (12100)")
    return root


def _parse_message(element: ET.Element) -> TwimlMessage:
    bodies = [element.text or "", *(body.text or "" for body in element.iter("Body"))]
    return TwimlMessage(
        "".join(bodies).strip(),
        tuple(media.text.strip() for media in element.iter("Media") if media.text),
        element.get("statusCallback"),
    )
