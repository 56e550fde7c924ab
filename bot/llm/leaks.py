"""What servers leak into an answer's text: reasoning, control tokens, other turns.

A chat template that the server does not know, or a parser that it was started without,
leaves them in `content`. Examples: https://github.com/deepseek-ai/DeepSeek-R1,
https://cookbook.openai.com/articles/openai-harmony (channels) and
https://docs.mistral.ai/capabilities/reasoning/ ([THINK]).
"""

import re
import unicodedata

_NAMES = (
    "(?:antthinking|think|thinks|thinking|thought|thoughts|reasoning|reflection"
    "|scratchpad|seed:think|analysis|inner_monologue)"
)
# How reasoning begins and ends, in pairs. A tag that is quoted as code is talked about.
_BORDERS = (
    (rf"(?<!`)<{_NAMES}(?:\s[^<>]*)?>", rf"</{_NAMES}\s*>(?!`)"),
    (r"\[THINK\]", r"\[/THINK\]"),
    ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    (r"<\|channel>\s*(?:thought|analysis)?", r"<channel\|>"),
    (r"<unused94>", r"<unused95>"),
)
_PAIRS = tuple(
    tuple(re.compile(border, re.IGNORECASE) for border in pair) for pair in _BORDERS
)
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>(.*?)"
    r"(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_FIRST_CHANNEL = re.compile(r"(?:<\|start\|>\s*\w*\s*)?<\|channel\|>")
# The same where a server dropped the tokens and kept the words around them.
_BARE_CHANNELS = re.compile(
    r"\A\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\"'\u2018\u201c])"
    r"(?:.*assistant\s*final|.*\Z)",
    re.DOTALL,
)
_WORD = r"[\w.:-]+"
_TOKEN = (
    rf"<\|{_WORD}\|>|<\uff5c[^<>\n\uff5c]{{1,40}}\uff5c>|</?(?:start|end)_of_turn>"
    r"|<(?:bos|eos|pad|unk)>|\[/?(?:INST|SYSTEM_PROMPT)\]|<</?SYS>>"
)
_ROLE = r"(?:assistant|model|bot|chatbot|gpt)"
_OPENING = re.compile(
    rf"\A(?:\s|<s>(?!.*</s>\s*[^<\[\s])|</s>|(?:{_TOKEN})(?:{_ROLE}(?=\s|<|\Z))?"
    r"|(?:\#{2,6}[ \t]*)?(?:assistant|response)\s*:"
    r"|<(?:answer|final|final_answer|response|output)>)+",
    re.IGNORECASE,
)
_ANSWER_END = re.compile(r"</(?:answer|final|final_answer|response|output)>\s*\Z", re.I)
# Where the LLM goes on to play the user, or the next example of its training.
_NEXT_TURN = re.compile(
    rf"{_TOKEN}|</s>(?=\s*(?:\Z|<|\[))"
    r"|^(?:\*\*)?\#{2,6}[ \t]*(?:human|user|instruction|input)(?:\*\*)?\s*:"
    r"|(?<=\n\n)(?:\*\*)?(?:user|human)(?:\*\*)?:",
    re.IGNORECASE | re.MULTILINE,
)
# Names before what is said: two speakers make a talk, one may be a login's name.
_USER_LINE = re.compile(r"^(?:\*\*)?(?:user|human)(?:\*\*)?:", re.I | re.M)
_BOT_LINE = re.compile(r"^(?:\*\*)?(?:assistant|ai|bot)(?:\*\*)?:", re.I | re.M)
# Blank in every font, though Unicode calls them letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")


def spoken(text: str) -> str:
    """Return what of an answer's text is meant for the user; "" if nothing is."""
    text = _without_reasoning(_final_channel(text))
    text = text[match.end() :] if (match := _OPENING.match(text)) else text
    text = _ANSWER_END.sub("", text)
    text = text[: _next_turn(text)]
    return text.strip() if is_visible(text) else ""


def is_visible(text: str) -> bool:
    """Tell whether anything in the text can be seen."""
    return any(map(_is_visible, text))


def _next_turn(text: str) -> int:
    """Return where an invented turn begins, or the text's length.

    What begins with the user's name speaks of it: nothing would be left.
    """
    turns = [turn.start() for turn in _NEXT_TURN.finditer(text)][:2]
    if user := _USER_LINE.search(text):
        is_talk = _BOT_LINE.search(text, user.end())
        turns += [user.start()] if is_talk else []
    return min(filter(None, turns), default=len(text))


def _is_visible(character: str) -> bool:
    if character in _BLANKS or "\ufe00" <= character <= "\ufe0f":
        return False
    category = unicodedata.category(character)
    return category[0] not in "CZ" or category == "Co"


def _final_channel(text: str) -> str:
    """Return what was said on the channel for the user, where there are channels."""
    first = _FIRST_CHANNEL.search(text)
    if first is None:
        return _BARE_CHANNELS.sub("", text)
    final = [said for name, said in _CHANNEL.findall(text) if name.lower() == "final"]
    return "\n\n".join(final) or text[: first.start()]


def _without_reasoning(text: str) -> str:
    for begins, ends in _PAIRS:
        text = _outside(text, begins, ends)
    return text


def _outside(text: str, begins: re.Pattern[str], ends: re.Pattern[str]) -> str:
    """Return what stands outside of the borders.

    An end without a beginning closes what the template opened: all before it goes. A
    beginning without an end takes the rest; another one within is reasoning, too.
    """
    marks = [(mark.start(), mark.end(), True) for mark in begins.finditer(text)]
    marks += [(mark.start(), mark.end(), False) for mark in ends.finditer(text)]
    kept, is_inside, outside_since = "", False, 0
    for start, end, is_beginning in sorted(marks):
        if is_beginning:
            kept += "" if is_inside else text[outside_since:start]
        elif not is_inside:
            kept = ""
        is_inside, outside_since = is_beginning, end
    return kept if is_inside else kept + text[outside_since:]
