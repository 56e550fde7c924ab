"""Templates: Twilio's Content API, and what becomes of messages made from them."""
