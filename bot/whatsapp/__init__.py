"""The edge to Twilio: webhooks in, messages out."""
