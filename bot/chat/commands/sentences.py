"""What commands say of themselves, and /help says of all of them."""

from bot.languages.speaking import spoken

HELP_BEGINS = spoken(
    "Write to me as you would to a person. Besides, I know these words:"
)
HELP_LINE = spoken("{word}: {what}")
HELP_ENDS = spoken("I am an automatic assistant.")

NEW = spoken("forget this conversation and start a new one")
STOP = spoken("no more answers from me")
START = spoken("answers again")
HELP = spoken("this text")
HUMAN = spoken("a person of our team answers you")
LEARN = spoken("in the caption of a document: I answer everybody from it")
SETTINGS = spoken("how I answer you: short or long, with text or voice")
