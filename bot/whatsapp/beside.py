"""What Twilio tells of a message beside its text: kept, bounded, whatever it is.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import logging
import re
from collections.abc import Iterator, Mapping

from db.records import to_storable

log = logging.getLogger(__name__)

# Read elsewhere, or the same on every message.
READ = re.compile(
    r"""Body|From|To|MessageSid|Sms\w+|AccountSid|MessagingServiceSid|ApiVersion
    |NumSegments|NumMedia|Media(Url|ContentType)[0-9]+|Latitude|Longitude|Address|Label
    |ProfileName|ProfileUsername|Username|WaId|(Parent)?ExternalUser\w+
    |MessageType|ChannelMetadata|OptOutType|Error(Code|Url)|(From|To)[A-Z][a-z]+
    |OriginalRepliedMessageSender""",
    re.VERBOSE,
)
# What the bot has words for: see bot/chat/beside.py.
KNOWN = re.compile(
    r"""OriginalRepliedMessageSid|(Frequently)?Forwarded|Referral\w+
    |(Button|List|Flow|Form|Interactive|Order|Product|Catalog)\w*""",
    re.VERBOSE,
)
# On ordinary messages, too.
NOTHING = {
    "ReferralNumMedia": "0",
    "Forwarded": "false",
    "FrequentlyForwarded": "false",
}
NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")
# Twilio's own values are short, but a form or an order may have many entries; all of it
# lies in the transcript, whose chat is full at 12 KB.
LONGEST_VALUE = 2000
MOST_LETTERS = 6000


def read_beside(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that nothing else reads; those new to the bot come last.

    What repeats who writes to whom is left out: it is stored once already.
    """
    given = {name: form[name] for name in form if not READ.fullmatch(name)}
    known = {name: value for name, value in given.items() if KNOWN.fullmatch(name)}
    people = {form.get(field) for field in ("From", "To", "WaId", "ExternalUserId")}
    unknown = {
        name: value
        for name, value in sorted(given.items())
        if name not in known and NAME.fullmatch(name) and value not in people
    }
    if unknown:
        log.info("fields that are new to the bot: %s", ", ".join(unknown))
    return dict(_bounded({**known, **unknown}))


def _bounded(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    left = MOST_LETTERS
    for name, value in told.items():
        kept = to_storable(value)[: min(LONGEST_VALUE, left - len(name))]
        if left <= len(name):
            return
        if kept.strip() and NOTHING.get(name) != kept:
            left -= len(name) + len(kept)
            yield name, kept
