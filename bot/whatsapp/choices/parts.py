"""The message by which choices are tapped: a template of Twilio's with them in it.

Its variables are the text, then title and payload of each choice, then, of a list, what
opens it. Twilio does not take every text for a variable, so only one line goes in.
https://www.twilio.com/docs/content/twilio-quick-reply, …/twiliolist-picker
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.chat.choices.lines import numbered, payloads_of
from bot.chat.choices.policy import MOST_BUTTONS
from bot.chat.choices.sentences import OPEN_LIST, PLEASE_CHOOSE
from bot.languages.speaking import speak
from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.splitting import utf16_length
from db.records import PartContent, Reply, Template

FENCE = "```"
LONGEST_BUTTON, LONGEST_ENTRY, LONGEST_BODY = 20, 24, 1024


def find_content(reply: Reply, contents: Mapping[int, str]) -> str | None:
    """Return the template that shows a reply's choices; None where none can.

    What is spoken is not tapped: its text goes beside it, with numbers.
    """
    titles = reply.turn.choices
    longest = LONGEST_BUTTON if len(titles) <= MOST_BUTTONS else LONGEST_ENTRY
    fits = all(utf16_length(title) <= longest for title in titles)
    return contents.get(len(titles)) if fits and not reply.spoken else None


def split_question(said: str, reply: Reply) -> tuple[str, str]:
    """Return what stands above a reply's buttons, and the line that they answer.

    That is its last paragraph, if it is one line and has nothing below it.
    """
    above, _, last = said.rpartition("\n\n")
    is_below = bool(reply.sources or reply.pictures) and not above
    line = to_whatsapp(last)
    fits = "\n" not in line and 0 < utf16_length(line) <= LONGEST_BODY
    if fits and not is_below and above.count(FENCE) % 2 == 0:
        return above, line
    return said, speak(reply.language, PLEASE_CHOOSE)


def tapped(reply: Reply, content: str, line: str) -> PartContent:
    """Return the message with a reply's choices; Twilio makes its body of it."""
    titles = reply.turn.choices
    line = " ".join(line.split())
    told = (line, *_told(titles, payloads_of(reply.turn)))
    if len(titles) > MOST_BUTTONS:
        told = (*told, speak(reply.language, OPEN_LIST))
    variables = {str(at): text for at, text in enumerate(told, 1)}
    instead = f"{line}\n\n{numbered(titles)}"
    template = Template(content, variables)
    return PartContent(line, template=template, instead=instead)


def _told(titles: Sequence[str], payloads: Sequence[str]) -> Iterator[str]:
    for title, payload in zip(titles, payloads, strict=True):
        yield from (title, payload)
