"""The message by which choices are tapped: a template of Twilio's with them in it.

Its variables are the text, then title and payload of each choice, then, of a list, what
opens it. Twilio does not take every text for a variable, so only one line goes in.
https://www.twilio.com/docs/content/twilio-quick-reply, …/twiliolist-picker
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.chat.choices.lines import numbered
from bot.chat.choices.policy import MOST_BUTTONS
from bot.chat.choices.sentences import OPEN_LIST, PLEASE_CHOOSE
from bot.languages.speaking import speak
from bot.whatsapp.text.splitting import utf16_length
from db.records import PartContent, Reply, Template

LONGEST_BUTTON, LONGEST_ENTRY, LONGEST_BODY = 20, 24, 1024


def find_content(reply: Reply, contents: Mapping[int, str]) -> str | None:
    """Return the template that shows a reply's choices; None where none can.

    What is spoken is not tapped: its text goes beside it, with numbers.
    """
    titles = reply.turn.choices
    longest = LONGEST_BUTTON if len(titles) <= MOST_BUTTONS else LONGEST_ENTRY
    fits = all(utf16_length(title) <= longest for title in titles)
    return contents.get(len(titles)) if fits and not reply.spoken else None


def with_tapped(reply: Reply, content: str, texts: Sequence[str]) -> Reply:
    """Return a reply whose choices are tapped, behind its texts and pictures.

    A text of one short line alone stands in the same message.
    """
    is_alone = len(texts) == 1 and not (reply.pictures or reply.sources)
    if is_alone and "\n" not in texts[0] and utf16_length(texts[0]) <= LONGEST_BODY:
        return replace(reply, parts=(_tapped(reply, content, texts[0]),))
    above = (*map(PartContent, texts), *reply.pictures)
    words = speak(reply.language, PLEASE_CHOOSE)
    return replace(reply, parts=(*above, _tapped(reply, content, words)))


def _tapped(reply: Reply, content: str, words: str) -> PartContent:
    """Return the message; its body is what Twilio makes of it, to find it by."""
    titles = reply.turn.choices
    told = (words, *_told(titles))
    if len(titles) > MOST_BUTTONS:
        told = (*told, speak(reply.language, OPEN_LIST))
    variables = {str(at): text for at, text in enumerate(told, 1)}
    instead = f"{words}\n\n{numbered(titles)}"
    return PartContent(words, template=Template(content, variables, instead))


def _told(titles: Sequence[str]) -> Iterator[str]:
    """Yield title and payload of each choice: what comes back is the choice itself."""
    for title in titles:
        yield from (title, title)
