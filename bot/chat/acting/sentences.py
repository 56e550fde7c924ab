"""What users are told of what was done for them, beside an answer that never came."""

from bot.languages.speaking import spoken

MAY_BE_DONE = spoken(
    "Sorry, I could not finish my answer, but something that you asked for may be done"
    " already. Please don't ask for it again before you know."
)
