"""What templates say, by the languages that they are approved in."""

from bot.languages.speaking import spoken

# What TWILIO_FALLBACK_CONTENT_SID must say: docs/operations.md has it, too.
SOMETHING_WAITS = spoken(
    "We have a message for you. Write back, with any word, and you will get it."
)
