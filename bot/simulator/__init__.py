"""A stand-in for Twilio and a phone, for trying the bot without an account."""
