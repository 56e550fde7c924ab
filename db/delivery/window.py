"""The service window: how long WhatsApp takes free text after a user's last message.

https://www.twilio.com/docs/whatsapp/key-concepts#customer-service-windows
"""

from datetime import datetime, timedelta

SERVICE_WINDOW = timedelta(hours=24)
# Between our asking and WhatsApp's taking it the window must not close.
MARGIN = timedelta(minutes=5)
FREE = SERVICE_WINDOW - MARGIN
# What WhatsApp takes only then: no approved templates; but ours that make buttons of an
# answer, which have a text instead, are as free as that. (Alerts have their own ways.)
IS_FREE_TEXT = """({part}author <> 'relay'
      AND ({part}template IS NULL OR COALESCE({part}instead, '') <> ''))"""

# Of the last chats: who has not written in them has not for long.
LATEST = """
SELECT said.message, latest.updated_at, said.number FROM (
  SELECT messages, updated_at FROM userchats WHERE customer_id = %(user_id)s
  ORDER BY updated_at DESC LIMIT 3
) AS latest CROSS JOIN LATERAL
  jsonb_array_elements(messages) WITH ORDINALITY AS said (message, number)
WHERE said.message ->> 'role' = 'user'
"""
LAST_INBOUND = f"""
SELECT max(message_time(message ->> 'timestamp')) FROM ({LATEST}) AS theirs
"""  # noqa: S608  (our own words)


def is_open(last_inbound: datetime | None, now: datetime) -> bool:
    """Tell whether WhatsApp surely takes free text to who last wrote then."""
    return last_inbound is not None and now - last_inbound < FREE
