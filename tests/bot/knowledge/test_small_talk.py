"""Thanks and greetings ask for no passages; questions do, however short."""

# ruff: noqa: RUF001  (words of many alphabets)

import pytest

from bot.knowledge.small_talk import asks_for_nothing, is_small_talk

SMALL = """
thanks|ok|👍|hello|Thank you very much!|Hi 😊|...
danke|Vielen Dank!|Hallo|gracias|¡Hola!|muchas gracias|merci beaucoup|Bonjour
grazie mille|ciao|obrigado|Olá, tudo bem?|спасибо|Привет!|شكرا|مرحبا|धन्यवाद|नमस्ते
谢谢|你好！|ありがとう|감사합니다|ขอบคุณครับ|Teşekkürler|terima kasih|dankjewel
"""
QUESTIONS = """
hours?|rye bread|price|and on Sundays?|how much is it?|ok, and the rolls?
Öffnungszeiten?|¿precio?|horaires|цена|السعر|कीमत|价格|いくら|가격|ราคา|yes|no|3.50?
thanks, and where are you?|hello, do you deliver?|merci, c'est combien ?
"""


REPLIES = """
yes|No.|please|Hi, how are you?|What's up?|See you tomorrow!|You're welcome|Who are you?
Nein danke|Wie geht's?|¿Qué tal?|ça va ?|Да|不是|はい|你好吗？|Are you a bot?
"""


def split(lines: str) -> list[str]:
    return lines.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", split(SMALL))
def test_small_talk_asks_for_nothing(text: str) -> None:
    assert asks_for_nothing(text)
    assert is_small_talk(text)


@pytest.mark.parametrize("text", split(REPLIES))
def test_a_reply_needs_passages_and_is_no_question(text: str) -> None:
    assert not asks_for_nothing(text)
    assert is_small_talk(text)


@pytest.mark.parametrize("text", split(QUESTIONS))
def test_a_question_asks_for_something(text: str) -> None:
    assert not asks_for_nothing(text)
    assert is_small_talk(text) == (text in ("yes", "no"))


@pytest.mark.parametrize(
    "text", ["How much is it?", "What about tomorrow?", "Is it good?", "What is there?"]
)
def test_short_questions_are_no_small_talk(text: str) -> None:
    assert not is_small_talk(text)
