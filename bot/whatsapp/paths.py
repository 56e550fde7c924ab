"""Where Twilio calls us: what webhooks, REST calls and `make run` must agree on."""

INBOUND_PATH = "/webhooks/whatsapp"
STATUS_PATH = "/webhooks/whatsapp/status"
