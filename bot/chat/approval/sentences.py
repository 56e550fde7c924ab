"""What users are asked before something is done for them."""

from bot.languages.speaking import spoken

MAY_I = spoken("Shall I do this for you: {what}?")
YES = spoken("Yes")
NO = spoken("No")
ALREADY_DECIDED = spoken("That is settled already: nothing was done a second time.")
NOT_OPEN = spoken(
    "That question is closed by now, so nothing was done. Please write once more what"
    " you would like."
)
