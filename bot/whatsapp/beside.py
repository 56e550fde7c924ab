"""What Twilio tells of a message beside its text: kept, bounded, whatever it is.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from db.records import to_storable

log = logging.getLogger(__name__)

# Read elsewhere, or the same on every message.
READ = re.compile(
    r"""Body|From|To|MessageSid|Sms\w+|AccountSid|MessagingServiceSid|ApiVersion
    |NumSegments|NumMedia|Media(Url|ContentType)[0-9]+|Latitude|Longitude|Address|Label
    |ProfileName|ProfileUsername|Username|WaId|(Parent)?ExternalUser\w+
    |ChannelMetadata|OptOutType|Error(Code|Url)|(From|To)[A-Z][a-z]+
    |OriginalRepliedMessageSender""",
    re.VERBOSE,
)
# What the bot has words for: see bot/chat/beside.py.
KNOWN = re.compile(
    r"""MessageType|OriginalRepliedMessageSid|(Frequently)?Forwarded|Referral\w+
    |(Button|List|Flow|Form|Interactive|Order|Product|Catalog)\w*""",
    re.VERBOSE,
)
# On ordinary messages, too.
NOTHING = {
    "ReferralNumMedia": {"0"},
    "Forwarded": {"false"},
    "FrequentlyForwarded": {"false"},
    # What came shows in other fields, too. Of the rest, such as stickers and reactions,
    # this alone tells: Twilio has no list of them.
    "MessageType": {
        "text", "image", "audio", "voice", "video", "document", "file", "location",
        "contact", "contacts", "button", "interactive", "order",
    },
}  # fmt: skip
NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")
# Twilio's own values are short, but a form or an order may have many entries; all of it
# lies in the transcript, whose chat is full at 12 KB.
LONGEST_VALUE = 2000  # of what is not known
MOST_LETTERS = 6000
LONGEST_METADATA = 20_000


def read_beside(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that nothing else reads; those new to the bot come last.

    What repeats who writes to whom is left out: it is stored once already.
    """
    told = {**_read_context(form), **form}
    given = {name: told[name] for name in told if not READ.fullmatch(name)}
    known = {name: value for name, value in given.items() if KNOWN.fullmatch(name)}
    people = {form.get(field) for field in ("From", "To", "WaId", "ExternalUserId")}
    unknown = {
        name: value
        for name, value in sorted(given.items())
        if name not in known and NAME.fullmatch(name) and value not in people
    }
    if unknown:
        log.info("fields that are new to the bot: %s", ", ".join(unknown))
    return dict(_bounded(known, unknown))


def _read_context(form: Mapping[str, str]) -> dict[str, str]:
    """Return what Twilio tells in ChannelMetadata: mostly what fields tell, too."""
    metadata = form.get("ChannelMetadata", "")
    try:
        told: Any = json.loads(metadata[:LONGEST_METADATA]) if metadata else None
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in told["data"]["context"].items()
            if value not in (None, "", [], {})
        }
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return {}  # it is another channel's, or none


def _bounded(
    known: Mapping[str, str], unknown: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield as much as is kept; a form or an order is kept whole, if it can be."""
    left = MOST_LETTERS
    for name, value in (*known.items(), *unknown.items()):
        longest = MOST_LETTERS if name in known else LONGEST_VALUE
        kept = to_storable(value)[: max(0, min(longest, left - len(name)))]
        if kept.strip() and kept.lower() not in NOTHING.get(name, ()):
            left -= len(name) + len(kept)
            yield name, kept
