"""A person about whom every table knows something, with a word in all of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text

from db.postgres import PostgresChatStore
from tests.db.sql import change, take_in
from tests.records import answer_to, said

MARKER = "xylograph7f3a"
DIGITS = "5559871234"
CARA = f"whatsapp:+1{DIGITS}"
CARAS_ID = f"whatsapp:US.{MARKER}ID"
LONG = timedelta(days=10_000)

# Where the bot itself writes nothing of that kind, or not any more.
PLANTS = """
UPDATE users SET email = :marker || '@example.com', hashed_password = :marker,
  password_history = jsonb_build_array(CAST(:marker AS text))
WHERE user_id = :user_id;
UPDATE userchats SET metadata = jsonb_build_object('note', CAST(:marker AS text))
WHERE customer_id = :user_id;
INSERT INTO userchats_archive (chat_id, customer_id, messages, metadata)
SELECT '00000000000000aa', :user_id, jsonb_build_array(jsonb_build_object(
    'role', 'user', 'content', CAST(:marker AS text), 'message_sid', 'SMarchived',
    'error', CAST(:marker AS text),
    'media', jsonb_build_array(
      jsonb_build_object('url', 'https://api.twilio.example/' || :marker)))),
  jsonb_build_object('note', CAST(:marker AS text));
INSERT INTO inbound_messages (message_sid, address)
VALUES ('SMforgotten', :address), ('SMarchived', :address);
INSERT INTO early_statuses (message_sid, status) VALUES ('SMpart', 'sent');
UPDATE reply_parts SET message_sid = 'SMpart' WHERE user_id = :user_id;
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status) VALUES
  ('answers', 'answer_chat', 'answer:' || :user_id,
   jsonb_build_object('chat_id', CAST(:marker AS text)), 'failed'),
  ('deliveries', 'send_parts', 'send:' || :user_id,
   jsonb_build_object('user_id', CAST(:user_id AS text)), 'doing');
INSERT INTO opt_outs (user_id) VALUES (:user_id)
"""


def plant(pg: PostgresChatStore, engine: Engine) -> str:
    """Have Cara write, be answered, and be known everywhere; return her active chat."""
    message = said(MARKER, CARA, other_address=CARAS_ID, profile_name=MARKER)
    media = ({"url": f"https://api.twilio.example/{MARKER}", "type": "image/png"},)
    message = replace(message, turn=replace(message.turn, media=media))
    chat_id = take_in(pg, message)
    reply = answer_to(message, text=MARKER, error=MARKER)
    assert pg.record_reply(chat_id, reply)
    later = take_in(pg, said(f"{MARKER} again", CARA, opens_chat=True))
    user_id = str(find_cara(engine))
    for statement in PLANTS.split(";\n"):
        parameters = {"marker": MARKER, "user_id": user_id, "address": CARA}
        known = {k: v for k, v in parameters.items() if f":{k}" in statement}
        change(engine, statement, **known)
    return later


def find_cara(engine: Engine) -> UUID:
    with engine.begin() as connection:
        query = text("SELECT user_id FROM users WHERE phone_number = :address")
        found: UUID = connection.execute(query, {"address": CARA}).scalar_one()
        return found
