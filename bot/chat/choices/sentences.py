"""What is said where users may choose."""

from bot.languages.speaking import spoken

# Above buttons whose question stands in a message before, and where there is none.
PLEASE_CHOOSE = spoken("Please choose:")
# What opens a list; 20 letters at most.
OPEN_LIST = spoken("Choose")

# Behind the system prompt.
OFFER = (
    "If the user has to choose among a few things, you can show them to tap: end your "
    "answer with [choices: first | second | third], 2 to 10 of them, each of 20 letters"
    " at most, and do not list them in your text as well."
)
# How the LLM reads what was offered: as it is told to write it.
OFFERED = "[choices: {}]"
BETWEEN = " | "
