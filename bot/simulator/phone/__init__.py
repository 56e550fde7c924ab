"""The phone's side: what its owner writes, and what Twilio makes of it for the bot."""
