"""What users send beside text, fetched from Twilio."""
