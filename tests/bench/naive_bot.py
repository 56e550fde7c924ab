"""The bot as one writes it first: read, modify, write, and the LLM in the webhook.

It loses messages that come at once, answers repeats again, and waits for the LLM.
"""

from flask import Flask, Response, abort, request
from sqlalchemy import URL, ForeignKey, create_engine, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from tests.bench.webhooks import PUBLIC, TOKEN


class Base(DeclarativeBase):
    """The naive bot's own tables."""


class User(Base):
    __tablename__ = "naive_users"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_number: Mapped[str] = mapped_column(unique=True)


class Chat(Base):
    __tablename__ = "naive_chats"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("naive_users.id"), unique=True)
    messages: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)


def ask_llm(messages: list[dict[str, str]]) -> str:
    """Stand in for an LLM that needs no time at all."""
    return f"That was message {len(messages)}."


def create_naive_app(database_url: URL, threads: int) -> Flask:
    app = Flask("naive")
    engine = create_engine(database_url, pool_size=threads)
    validator = RequestValidator(TOKEN)

    @app.post("/webhooks/whatsapp")
    def receive() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(PUBLIC + request.path, request.form, signature):
            abort(403)
        with Session(engine) as session:
            chat = find_chat(session, request.form["From"])
            said = {"role": "user", "content": request.form["Body"]}
            chat.messages = [*chat.messages, said]
            session.commit()
            answer = ask_llm(chat.messages)
            chat.messages = [*chat.messages, {"role": "assistant", "content": answer}]
            session.commit()
        twiml = MessagingResponse()
        twiml.message(answer)
        return Response(str(twiml), mimetype="text/xml")

    return app


def find_chat(session: Session, address: str) -> Chat:
    user = session.scalar(select(User).where(User.phone_number == address))
    if user is None:
        user = User(phone_number=address)
        session.add(user)
        session.flush()
    chat = session.scalar(select(Chat).where(Chat.user_id == user.id))
    if chat is None:
        chat = Chat(user_id=user.id, messages=[])
        session.add(chat)
    return chat
