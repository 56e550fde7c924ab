"""The talk itself: no Flask, no Twilio, no SQL."""
