"""The webhooks as an application of their own, and what they answer."""

from dataclasses import dataclass, field
from datetime import timedelta
from xml.etree import ElementTree

from flask import Flask
from werkzeug.test import TestResponse

from bot.whatsapp.signature import SignatureChecker
from bot.whatsapp.webhook import LARGEST_BODY, Webhooks
from db.errors import StoreUnavailableError
from db.in_memory import MemoryChatStore
from db.records import DeliveryStatus, InboundMessage, Receipt, Reply, Userchat
from db.store import ChatStore
from tests.bot.whatsapp.twilio_calls import ACCOUNT, BOT, PUBLIC, TOKEN

SERVICE = "MG" + "0a" * 16
WORDS_OF_OURS = {
    "another number: see TWILIO_WHATSAPP_NUMBER",
    "missing signature: see the README on signatures",
    "wrong signature: see the README on signatures",
    "no shared key is set: see the README on signatures",
    "another account: see the README on signatures",
    "moved fields: see the README on signatures",
    "MessageSid is missing or not SM or MM and 32 hex digits",
    "From is missing or no WhatsApp address",
    "To is missing or no WhatsApp address",
    "MessageStatus is missing or no word",
    f"the body is larger than {LARGEST_BODY} bytes",
    "the database is away; nothing was stored",
}


class NotingStore(MemoryChatStore):
    """A store in memory whose whole content a test can read."""

    def __init__(self) -> None:
        super().__init__(timedelta(days=1))
        self.chat_ids: list[str] = []

    def record_inbound(self, message: InboundMessage) -> Receipt:
        receipt = super().record_inbound(message)
        if receipt.chat_id is not None and receipt.chat_id not in self.chat_ids:
            self.chat_ids.append(receipt.chat_id)
        return receipt

    @property
    def texts(self) -> list[str]:
        """Everything that was said, chat by chat."""
        chats = [self.load_chat(chat_id) for chat_id in self.chat_ids]
        return [turn.content for chat in chats if chat for turn in chat.turns]


class StoreAway:
    """A store that can't be reached."""

    def record_inbound(self, message: InboundMessage) -> Receipt:
        raise StoreUnavailableError("OperationalError")

    def load_chat(self, chat_id: str) -> Userchat | None:
        raise StoreUnavailableError("OperationalError")

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        raise StoreUnavailableError("OperationalError")


@dataclass
class Statuses:
    """The one call of an outbox that webhooks make."""

    known: str
    told: list[DeliveryStatus] = field(default_factory=list)

    def record_delivery_status(self, status: DeliveryStatus) -> bool:
        self.told.append(status)
        return status.message_sid == self.known


def build_app(store: ChatStore, statuses: Statuses | None = None) -> Flask:
    """Return the webhooks alone, on a store of the test's own."""
    webhooks = Webhooks(
        checker=SignatureChecker([TOKEN], PUBLIC),
        account_sid=ACCOUNT,
        our_number=BOT,
        messaging_service_sid=SERVICE,
        store=store,
        outbox=statuses,  # type: ignore[arg-type]
    )
    app = Flask("bot")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.register_blueprint(webhooks.blueprint())
    return app


def is_acknowledged(answer: TestResponse) -> bool:
    """Tell whether it is a 200 that says nothing to the user."""
    return (
        answer.status_code == 200
        and answer.mimetype == "text/xml"
        and list(ElementTree.fromstring(answer.data)) == []  # noqa: S314
    )


def refusal(answer: TestResponse) -> str:
    """The reason, from TwiML that must say nothing to the user."""
    assert answer.mimetype == "text/xml"
    response = ElementTree.fromstring(answer.data)  # noqa: S314
    assert response.tag == "Response"
    assert list(response) == []
    reason = answer.text.removeprefix("<Response><!-- ")
    reason = reason.removesuffix(" --></Response>\n")
    assert reason in WORDS_OF_OURS
    return reason
