"""What a person is told, once a day, of a limit that stands before an answer."""

from bot.languages.speaking import spoken

TOO_MANY_OF_YOURS = spoken(
    "You have written very much within an hour, and I have to pause: I did not answer "
    "your last message. Please write again later, or contact us another way if it is "
    "urgent."
)
TOO_MANY_OF_YOUR_DAY = spoken(
    "You have written very much today, and I have to pause: I did not answer your last "
    "message. Please write again tomorrow, or contact us another way if it is urgent."
)
TOO_MANY_OF_ALL = spoken(
    "Sorry, we get more messages than I can answer at the moment, and I did not answer "
    "yours. Please write again in an hour, or contact us another way if it is urgent."
)
TOO_MANY_OF_ALL_DAY = spoken(
    "Sorry, we got more messages today than I can answer, and I did not answer yours. "
    "Please write again tomorrow, or contact us another way if it is urgent."
)
TOO_MANY_OF_ALL_MONTH = spoken(
    "Sorry, we got more messages this month than I can answer, and I did not answer "
    "yours. Please contact us another way."
)
TOO_DEAR = spoken(
    "Sorry, this is more than I can work through in one answer, and I did not answer "
    "your last message. Please ask for less at once, or contact us another way."
)
TOO_FAST = spoken(
    "Your messages come faster than I can read them, and I did not answer the last. "
    "Please wait a minute, and write again what matters in one message."
)
NOT_FOR_YOU = spoken(
    "Sorry, I can't answer you here. Please contact us another way if you need us."
)
PAUSED = spoken(
    "Our automatic answers pause at the moment. Your message is safe with us: the "
    "answer comes as soon as possible."
)

# For whoever reads the transcript.
NOT_ANSWERED = "Not answered: {limit}, of which the user is told once a day at most."
