"""What users are asked before something is done for them."""

from bot.languages.speaking import spoken

MAY_I = spoken("Shall I do this for you: {what}?")
YES = spoken("Yes")
NO = spoken("No")
# What came of a call that a person of ours had to allow.
TEAM_DID = spoken("Our team has agreed, and it is done: {what}.")
TEAM_REFUSED = spoken("Sorry, our team could not agree to this: {what}.")
TEAM_UNCLEAR = spoken(
    "Our team has agreed, but something went wrong with this: {what}. A person looks"
    " after it and answers you here."
)
ALREADY_DECIDED = spoken("That is settled already: nothing was done a second time.")
NOT_OPEN = spoken(
    "That question is closed by now, so nothing was done. Please write once more what"
    " you would like."
)
