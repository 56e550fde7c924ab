"""Whether a signed form's fields stand where Twilio put them.

Twilio signs names and values joined without separators: whoever has a webhook and its
signature can cut it into other fields, and a text may be written for that purpose. What
is joined stays the same, however it is cut: so each MessageSid, From, To and WaId in
it, with what may be its value, must be a field, or a border was moved. They stand in
every genuine form: one more of them, in a text, can't be a field, too.

What keeps these may still differ in the rest, such as ExternalUserId, which not every
form has. But it keeps the MessageSid, and so it is a repeat and changes nothing. For
that a text which holds other fields is taken in as any text.
https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

# Who wrote what to whom. As a name ends: `Sms` may stand before MessageSid.
_IDENTITY = re.compile(
    r"(?:MessageSid|SmsSid)(?=(?:SM|MM)[0-9a-fA-F]{32})"
    r"|(?:From|To)(?=whatsapp:)|WaId(?=[0-9])"
)
_FIELDS = frozenset(
    {"MessageSid", "SmsMessageSid", "OriginalRepliedMessageSid", "SmsSid"}
    | {"From", "To", "WaId"}
)
_NUMBER = re.compile(r"whatsapp:\+([0-9]+)")


def find_moved_border(form: Mapping[str, str], query: str = "") -> str | None:
    """Return what a genuine form never has, in words without its values; else None.

    `query` is the address's, as it came: it is signed right before the form.
    """
    if isinstance(form, MultiDict) and len(form) != len(list(form.items(multi=True))):
        return "a field stands twice"
    sids = {form[n] for n in ("MessageSid", "SmsMessageSid", "SmsSid") if n in form}
    if len(sids) > 1:
        return "its SIDs differ"
    number = _NUMBER.fullmatch(form.get("From", ""))
    if number and form.get("WaId", number[1]) != number[1]:
        return "From and WaId differ"
    return _find_hidden(form, query)


def _find_hidden(form: Mapping[str, str], joined: str) -> str | None:
    """Return which identity stands in what is joined, but is no field of the form."""
    borders = set()
    for name, value in sorted(form.items()):
        joined += name
        if name in _FIELDS:
            borders.add(len(joined))
        joined += value
    hidden = (m for m in _IDENTITY.finditer(joined) if m.end() not in borders)
    found = next(hidden, None)
    return f"a value hides {found[0]}" if found else None
