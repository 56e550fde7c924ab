"""What operators are told on WhatsApp about their customers."""

# Why a person is needed, by the words that are stored.
REASONS = {
    "asked": "asked for a person",
    "model": "the bot hands over",
    "promise": "the bot promised a person",
    "approval": "the bot asks whether it may do something: bot tools waiting",
    "effect": "a tool may have done something, or not: look in its system",
    "keyword": "used a word that you named",
    "thumbs": "is not content with the answers",
    "error": "the bot could not answer",
    "budget": "the budget is spent",
}
WAITS = "\U0001f514 #{ticket} {name} waits for a person: {why}."
ENDS = (
    "\u23f3 #{ticket} {name}: your takeover ends in {minutes} minutes. Answer to keep "
    "it."
)
WRITES = "#{ticket} {name}:"
HOW = (
    "Reply to this message, and it goes to them. /done resolves, /bot gives the chat "
    "back, /queue lists who waits, /mute 2h silences me."
)
# What TWILIO_ALERT_CONTENT_SID must say: docs/operations.md has it, too.
TEMPLATE = (
    "A customer waits for a person: {name} ({why}). Last words: {words} (ticket "
    "{ticket}). Reply to this message, and it goes to them."
)
ENDS_SOON = "your takeover ends soon"
NO_WORDS = "none"

SENT = "Sent to {name} (#{ticket})."
HELD = (
    "Kept for {name} (#{ticket}), who wrote nothing for 24 hours: they are told that "
    "something waits, and get it when they write."
)
TAKEN = "The chat is yours now: /bot gives it back, /done resolves."
NOT_SENT = "Not sent to {name} (#{ticket}): {why}"
NO_MEDIA = (
    "what you sent could not be fetched, or WhatsApp takes no such file or place: send "
    "it again, or write it in words."
)
ONLY_SOME = (
    "Something of it did not go along: it could not be fetched, or WhatsApp takes no "
    "such file or place."
)
NOTHING = "there is nothing in it."
NO_COMMAND = "what begins with / is a command, and I don't know this one."
LATE = (
    "it is {minutes} minutes old, and may hold no more. Send it again if it still does."
)
LATE_COMMAND = "Not done: that message is {minutes} minutes old. Send it again."
GONE = (
    "Not sent to anybody: I don't know any more whom the message that you quote is "
    "about. Write # and the ticket's number in front of your text; /queue lists them."
)
DONE = "Resolved: {name} (#{ticket}). The bot answers again."
GIVEN = "Given back to the bot: {name} (#{ticket})."
DONE_BEFORE = "#{ticket} is resolved already."
OTHERS = "Another operator has the chat of {name} (#{ticket})."
NO_TICKET = "There is no open ticket #{ticket}. /queue lists who waits."
MUTED = "No alerts for you for {lasts}. /unmute ends it."
UNMUTED = "You get alerts again."
BAD_MUTE = "For how long? Such as /mute 30m, /mute 2h or /mute 1d; 7d at most."
NOBODY = "Nobody waits for a person, and no chat is yours."
LIST = "Waiting, or yours:"
LINE = "#{ticket} {name}: {state}"
STATE_WAITS = "waits for {ago}, {why}"
STATE_YOURS = "yours for {ago}"
WHICH = "Whom is that for? I sent it to nobody."
HOW_TO_SAY = (
    "Quote a message of theirs, or write # and the number in front of your text: "
    "#{ticket} {example}. Write #bot in front of what is for me."
)
MORE = "and more"

MEDIA = {
    "audio": "[voice message]",
    "video": "[video]",
    "image": "[picture]",
    "location": "[place]",
    "contact": "[contact card]",
    "document": "[file]",
    "unknown": "[something that I can't read]",
}
