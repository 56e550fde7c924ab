"""What is said to users of what is known of them, and of forgetting it."""

from bot.languages.speaking import spoken

MEMORY = spoken("what I remember about you")
FORGET = spoken("have what we hold about you deleted")

KNOWN = spoken("You told me, and I remember:")
# A number, what they told, and the day on which they did.
LINE = "{number}. {text} ({day})"
NOTHING = spoken("I remember nothing about you beyond this conversation.")
HOW_TO_FORGET = spoken(
    "To have one of them forgotten, write for example: /forget 1\n"
    "To have all that we hold about you deleted, this conversation too: /forget"
)
HOW_TO_FORGET_ALL = spoken(
    "To have all that we hold about you deleted, this conversation too: /forget"
)
WHICH = spoken("Which one? Write its number, for example: /forget 1")
NO_SUCH = spoken("There is no number {number} among what I remember.")
GONE = spoken("I don't remember that any more.")
FORGOTTEN = spoken(
    "Forgotten: {text}\n"
    "What you wrote stands in this conversation still: /forget deletes that, too."
)

# In capital letters, such that nobody writes it by chance.
YES_FORGET = spoken("YES FORGET")
SURE = spoken(
    "This deletes all that we hold about you, also this conversation, for good; nobody "
    "can bring it back. If you want that, write within ten minutes: *{word}*\n"
    "Anything else you write leaves all as it is."
)
ERASED = spoken(
    "Done: all that we hold about you is deleted as soon as you have this message. If "
    "you write again, we start anew."
)
OPERATOR = spoken(
    "You are one of those who answer here, and would lose that: I delete nothing. "
    "Whoever manages operators can do it for you."
)
