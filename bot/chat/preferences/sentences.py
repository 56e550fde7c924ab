"""What /settings says, and what the LLM is told of it."""

from bot.languages.speaking import spoken

SETTINGS = spoken("Your settings:")
# A name, what is set, and the words that can be.
SETTING = "{name}: *{value}* ({choices})"
# Between words.
BETWEEN = spoken(", ")
HOW_TO_SET = spoken("To change one, write for example: {example}")
SET = spoken("Done. {name}: {value}.")
WHICH = spoken("{name}: which of these? {choices}")
UNKNOWN_SETTING = spoken("I don't know that setting.")
LANGUAGE = spoken(
    "The language is set by /language and its code, such as /language es."
)

NAMES = {
    "language": spoken("language"),
    "length": spoken("length"),
    "answers": spoken("answers"),
    "alerts": spoken("alerts"),
}
VALUES = {
    "short": spoken("short"),
    "normal": spoken("normal"),
    "long": spoken("long"),
    "text": spoken("text"),
    "voice": spoken("voice"),
    "on": spoken("on"),
    "off": spoken("off"),
}
AUTOMATIC = spoken("as you write")

# To the LLM.
LENGTHS = {
    "short": (
        "This user wants short answers: answer in at most two short sentences, "
        "unless they ask for more."
    ),
    "long": (
        "This user wants detailed answers: explain, and give all that belongs to it."
    ),
}
