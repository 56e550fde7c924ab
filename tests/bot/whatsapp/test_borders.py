"""Webhooks that are cut out of genuine ones: the signature is right, the fields not.

Twilio joins names and values without separators. Whoever has a webhook and its
signature can move the borders, and may have written its text for that.
"""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from bot.whatsapp.borders import find_moved_border
from bot.whatsapp.inbound import BadInputError, parse_inbound
from db.in_memory import MemoryChatStore
from db.records import InboundMessage, Receipt
from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.twilio_calls import (
    ACCOUNT,
    ANA,
    BOT,
    INBOUND,
    PUBLIC,
    STATUS,
    call,
    sign,
    text_form,
)
from tests.bot.whatsapp.webhook_app import (
    SERVICE,
    NotingStore,
    Statuses,
    StoreAway,
    build_app,
    is_acknowledged,
    refusal,
)

VICTIM = "whatsapp:+15559998877"
SID, FORGED = "SM" + "1" * 32, "SM" + "f" * 32
AFTER_NUM_MEDIA = "ProfileName SmsMessageSid SmsSid SmsStatus To WaId"
Fields = Mapping[str, str]


class Ledger(NotingStore):
    """Keeps what was taken in, as it was taken in."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[InboundMessage] = []

    def record_inbound(self, message: InboundMessage) -> Receipt:
        receipt = super().record_inbound(message)
        self.taken += [message] if receipt.is_new else []
        return receipt


def genuine_form(body: str = "Hi", **more: str) -> dict[str, str]:
    """Return a message as Twilio sends it, with all that it says of its sender."""
    also = {"SmsSid": SID, "SmsStatus": "received", "ApiVersion": "2010-04-01"}
    waid = {"WaId": more.get("From", ANA).removeprefix("whatsapp:+")}
    return {**text_form(body, MessageSid=SID, **also, **waid) | more}


def joined(form: Fields) -> str:
    return "".join(name + value for name, value in sorted(form.items()))


def cut(text: str, *names: str) -> dict[str, str]:
    """Cut what is joined before each of the names: where it stands first, in order."""
    borders = [0]
    for name in names[1:]:
        borders.append(text.index(name, borders[-1] + len(names[len(borders) - 1])))
    ends = [*borders[1:], len(text)]
    return {
        name: text[begin + len(name) : end]
        for name, begin, end in zip(names, borders, ends, strict=True)
    }


def posted(store: MemoryChatStore, genuine: Fields, form: Fields) -> int:
    """Post a form under the signature of another; return the status."""
    signature = {"X-Twilio-Signature": sign(PUBLIC + INBOUND, genuine)}
    return call(build_app(store), form, headers=signature).status_code


# What the text of one's own message may be written for, and how it is cut afterwards.
FORGERIES = {
    "another sender and SID": (
        f"pay allFrom{VICTIM}MessageSid{FORGED}NumMedia0ProfileNameZ",
        "AccountSid ApiVersion Body From MessageSid NumMedia ProfileName",
    ),
    "all that agrees": (
        f"pay allFrom{VICTIM}MessageSid{FORGED}NumMedia0SmsMessageSid{FORGED}"
        f"SmsSid{FORGED}To{BOT}WaId15559998877X",
        "AccountSid ApiVersion Body From MessageSid NumMedia SmsMessageSid SmsSid To"
        " WaId X",
    ),
    "a sender without a number": (
        f"pay allFromwhatsapp:US.VICTIMMessageSid{FORGED}To{BOT}X",
        "AccountSid ApiVersion Body From MessageSid To X",
    ),
    "the true SID, another sender": (
        f"pay allFrom{VICTIM}G",
        "AccountSid ApiVersion Body From G MessageSid NumMedia ProfileName To WaId X",
    ),
    "the true SID, in the name of another field": (
        f"pay allFrom{VICTIM}MessageSid{FORGED}NumMedia0OriginalReplied",
        "AccountSid ApiVersion Body From MessageSid NumMedia OriginalReplied"
        " ProfileName SmsMessageSid SmsSid SmsStatus To WaId",
    ),
    "the true sender, in the name of another field": (
        f"pay allFrom{VICTIM}G",
        "AccountSid ApiVersion Body From GChannelMetadata{}From MessageSid NumMedia"
        " ProfileName SmsMessageSid SmsSid SmsStatus To WaId1555",
    ),
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_form_cut_out_of_a_captured_one_is_refused(kind: str) -> None:
    text, names = FORGERIES[kind]
    about = {"ProfileName": f"ZTo{BOT}WaId15559998877X", "ChannelMetadata": "{}"}
    genuine = genuine_form(text, **about)
    forged = cut(joined(genuine), *names.split())
    assert joined(forged) == joined(genuine), "the signature fits both"
    store = Ledger()
    with recorded_log() as log:
        assert posted(store, genuine, forged) in {400, 403}
    assert store.taken == []
    assert "pay all" not in log.text
    assert "15559998877" not in log.text


def test_a_text_that_could_be_cut_is_told_loudly_and_without_it() -> None:
    genuine = genuine_form(f"pay allFrom{VICTIM}MessageSid{FORGED}")
    with recorded_log() as log:
        assert posted(Ledger(), genuine, genuine) == 403
    (line,) = [line for line in log.lines if line["level"] == "ERROR"]
    assert line["message"].startswith("refused a signed webhook")
    assert "a value hides From" in line["message"]
    assert "pay all" not in log.text


def test_what_keeps_its_sid_is_a_repeat_whatever_else_it_claims() -> None:
    genuine = genuine_form("pay allExternalUserIdwhatsapp:US.VICTIM")
    names = "AccountSid ApiVersion Body ExternalUserId From MessageSid NumMedia"
    forged = cut(joined(genuine), *names.split(), *AFTER_NUM_MEDIA.split())
    assert forged["ExternalUserId"] == "whatsapp:US.VICTIM"
    store = Ledger()
    assert [posted(store, genuine, form) for form in (genuine, forged)] == [200, 200]
    assert [message.other_address for message in store.taken] == [None]


@pytest.mark.parametrize(
    "form",
    [
        genuine_form(SmsMessageSid=FORGED),
        genuine_form(SmsSid=FORGED),
        genuine_form(WaId="15559998877"),
        genuine_form(To="nobody"),
        {name: text for name, text in genuine_form().items() if name != "To"},
    ],
)
def test_fields_that_a_genuine_message_never_has_are_refused(form: Fields) -> None:
    store = Ledger()
    assert posted(store, form, form) in {400, 403}
    assert store.taken == []


def test_no_field_stands_twice() -> None:
    form = [*genuine_form().items(), ("Body", "and this")]
    store = Ledger()
    answer = call(build_app(store), MultiDict(form))
    assert refusal(answer).startswith("moved fields")
    assert store.taken == []


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"From": "whatsapp:US.1A2B", "ExternalUserId": "whatsapp:US.1A2B", "WaId": ""},
        {
            "ExternalUserId": "whatsapp:US.1",
            "ParentExternalUserId": "whatsapp:US.ENT.1",
        },
        {"ExternalUserIdentifier": "whatsapp:US.1A2B"},
        {"OriginalRepliedMessageSid": FORGED, "OriginalRepliedMessageSender": BOT},
        {"To": "whatsapp:+14155550000", "MessagingServiceSid": SERVICE},
        {"ChannelMetadata": '{"data":{"context":{"WaId":"15551230000"}}}'},
        {"Body": f"From {VICTIM} To {BOT}, MessageSid {FORGED}: MessageSid={FORGED}"},
        {"Body": "ExternalUserIdwhatsapp:US.VICTIM"},
        {"Body": "What is a MessageSid, and who wrote From, To and WaId?"},
    ],
)
def test_what_twilio_may_send_is_taken_in(more: dict[str, str]) -> None:
    store = Ledger()
    assert is_acknowledged(call(build_app(store), genuine_form(**more)))
    assert len(store.taken) == 1


def test_a_status_is_not_cut_out_of_another_form_either() -> None:
    statuses = Statuses(known=SID)
    app = build_app(StoreAway(), statuses)
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "failed"}
    hidden = {**form, "ErrorMessage": f"MessageSid{FORGED}"}
    for refused in (hidden, {**form, "SmsSid": FORGED}):
        assert call(app, refused, STATUS).status_code == 403
    query = f"{STATUS}?part=1ApiVersion2010MessageSid{FORGED}"
    assert call(app, form, query).status_code == 403
    assert statuses.told == []
    assert is_acknowledged(call(app, {**form, "SmsSid": SID}, STATUS))


# Any text, and any cut

PAIRS = (
    *(f"From{sender}" for sender in (VICTIM, ANA, "whatsapp:US.VICTIM")),
    *(f"MessageSid{sid}" for sid in (FORGED, SID)),
    *(f"SmsMessageSid{FORGED}", f"SmsSid{FORGED}", f"OriginalRepliedMessageSid{SID}"),
    *(f"To{BOT}", "WaId15559998877", "ExternalUserIdwhatsapp:US.VICTIM"),
    *("Body", "G", "NumMedia0", "OriginalReplied", "ProfileNameZ", "X", "hi "),
)
texts = st.lists(st.sampled_from(PAIRS), max_size=8).map(
    lambda pairs: f"hi{''.join(sorted(pairs))}"
)
NAMES = (
    *("AccountSid", "Address", "ApiVersion", "Body", "ExternalUserId", "From", "G"),
    *("Label", "MessageSid", "NumMedia", "OriginalRepliedMessageSid", "ProfileName"),
    *("SmsMessageSid", "SmsSid", "SmsStatus", "To", "WaId", "X"),
)
senders = st.sampled_from([ANA, "whatsapp:US.1A2B"])


def places(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each name stands in what is joined."""
    for name in NAMES:
        at = text.find(name, 1)
        while at >= 0:
            yield at, name
            at = text.find(name, at + 1)


@st.composite
def genuine_and_cut(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Return a genuine form, and another one that has the same signature."""
    sender = draw(senders)
    form = genuine_form(draw(texts), From=sender, ProfileName=draw(texts))
    if sender != ANA:
        form = {**form, "ExternalUserId": sender}
        del form["WaId"]
    if draw(st.booleans()):
        form |= {"Address": draw(texts), "Label": draw(texts)}
    text = joined(form)
    borders, last = [(0, "AccountSid")], (len("AccountSid"), "AccountSid")
    for at, name in sorted(places(text)):
        if at >= last[0] and name > last[1] and draw(st.integers(0, 5)):
            borders.append((at, name))
            last = (at + len(name), name)
    ends = [at for at, _ in borders[1:]] + [len(text)]
    recut = {
        name: text[at + len(name) : end]
        for (at, name), end in zip(borders, ends, strict=True)
    }
    assume(recut != form)
    return form, recut


def taken_in(*forms: dict[str, str]) -> dict[str, InboundMessage]:
    """Return what of these is new, by its SID."""
    taken: dict[str, InboundMessage] = {}
    for form in forms:
        try:
            message = parse_inbound(form)
        except BadInputError:
            continue
        if find_moved_border(MultiDict(form)) is None and message.our_address == BOT:
            taken.setdefault(message.message_sid, message)
    return taken


@settings(max_examples=300)
@given(genuine_and_cut(), st.booleans())
def test_no_cut_of_a_genuine_form_is_taken_in_as_something_new(
    forms: tuple[dict[str, str], dict[str, str]], comes_first: bool
) -> None:
    genuine, recut = forms
    assert joined(genuine) == joined(recut)
    taken = taken_in(*((recut, genuine) if comes_first else (genuine, recut)))
    assert set(taken) <= {SID}
    for message in taken.values():
        assert message.address == genuine["From"]
        # Where it comes first nothing can tell, since not every form has one.
        own = {None, genuine.get("ExternalUserId")}
        assert comes_first or message.other_address in own
