"""What users are told of what they sent, and how the LLM is told of it."""

from bot.languages.speaking import spoken

# To users. What is beyond us is told by its kind: see bot/chat/sentences.py.
TOO_LARGE = spoken(
    "What you sent is larger than 16 MB, and that is too large for me. Please send a "
    "smaller one, or write what matters in it."
)
TOO_MUCH = spoken(
    "You have sent so many pictures, files or voice messages today that I can't look "
    "at more of them before tomorrow. Please write it as text."
)
NOT_GIVEN = spoken(
    "I could not get what you sent from WhatsApp. Please send it once more, or write "
    "it as text."
)
EMPTY = spoken(
    "What you sent is empty: there is nothing in it. Please send it once more."
)
LOCKED = spoken(
    "What you sent is protected by a password. Please send it without one, or write "
    "what matters in it."
)
FOREIGN = spoken(
    "I can't read this kind of file. Please send it as PDF, Word (DOCX), Excel (XLSX), "
    "CSV, HTML or text."
)
PICTURES = spoken(
    "The pages of your file are pictures, and I can't read any text in them. Please "
    "send a file with text, or write what matters in it."
)
TOO_LONG = spoken(
    "Your file is longer than what I can read. Please send the part that matters, or "
    "write it as text."
)
BROKEN = {
    "audio": spoken(
        "I could not make out your voice message: it seems to be damaged. Please "
        "send it once more, or write it as text."
    ),
    "image": spoken(
        "I could not open your picture: it seems to be damaged. Please send it "
        "once more."
    ),
    "contact": spoken("I could not read that contact card. Please write it as text."),
    "document": spoken(
        "I could not read your file: it seems to be damaged, or of a kind that "
        "I can't read. Please send it in another format, or write what matters in it."
    ),
    "unknown": spoken(
        "I could not read what you sent. Please send it once more, or write it as text."
    ),
}
SILENT = spoken(
    "I could not hear any words in your voice message. Please record it once more, or "
    "write it as text."
)
# What was heard, above the answer to it.
HEARD_SIGN = "\U0001f3a4 "

# To the LLM.
HEARD = '[What the user said in a voice message, as it was heard: "{}"]'
HEARD_NOTHING = "[The user sent a voice message without any words that can be heard.]"
CONTACT = "[The user sent a contact card: {}]"
PICTURE = '[The user sent a picture, which you cannot see. The words in it: "{}"]'
PICTURE_WITHOUT_WORDS = (
    "[The user sent a picture, which you cannot see. There are no words in it.]"
)
FILM = '[The user sent a video, which you cannot see. What is said in it: "{}"]'
DOCUMENT = '[The user sent a file{}. What it says: "{}"]'
DOCUMENT_UNREAD = "[The user sent a file{}, which was read.]"
NAMED = " named {}"
ONE_PAGE = ", 1 page"
PAGES = ", {} pages"
