"""What is said of reminders, and by them."""

from bot.languages.speaking import spoken

# What is sent when one is due, and once after an offer.
REMINDER = spoken("Your reminder: {text}")
FOLLOW_UP = spoken(
    "Can I help you with anything else about this? Just write to me when you like."
)

REMINDERS = spoken("what I shall remind you of, and canceling it")
LISTED = spoken("I shall remind you of this:")
NOTHING = spoken("There is nothing that I shall remind you of.")
LINE = "{number}. {text} ({when})"
HOW_TO_CANCEL = spoken("To cancel one, write for example: {example}")
CANCEL = spoken("cancel")
CANCELED = spoken("I don't remind you of this any more: {text}")
NO_SUCH = spoken("There is no reminder {number}.")

# To the LLM, at the end of the system prompt.
NOW = "It is {time} now."
