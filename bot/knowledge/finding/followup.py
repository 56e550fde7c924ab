"""What a message asks for, seen with the turns before it; without asking an LLM.

"And on Sundays?" says too little to be searched by itself: the words of the last turns
are searched with it, and count less. Thanks and greetings ask for nothing.
"""

import regex

from bot.knowledge.taking_in.commonest_words import COMMONEST_WORDS
from bot.knowledge.words import fold, split_words

# A question with more words of its own stands by itself.
MOST_OWN_WORDS = 3
LAST_TURNS = 2
MOST_EARLIER_WORDS = 40
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
COMMON = frozenset(
    word
    for lists in COMMONEST_WORDS.values()
    for words in lists.values()
    for word in fold(words).split()
)
SMALL_TALK = frozenset(
    fold(
        "thanks thank you thx ty ok okay okey k great perfect super cool nice fine "
        "hello hi hey bye goodbye good morning evening night afternoon day cheers "
        "very much so a lot welcome "
        "danke schön dank vielen sehr hallo guten morgen abend tag tschüss gut prima "
        "gracias muchas hola buenos buenas días tardes noches adiós vale bien perfecto "
        "merci beaucoup bonjour bonsoir salut parfait au revoir d accord "
        "grazie mille ciao buongiorno buonasera arrivederci va bene perfetto "
        "obrigado obrigada muito olá oi bom boa dia tarde noite tchau tudo bem "
        "dankjewel bedankt hoi dag goedemorgen tot ziens "
        "спасибо большое привет здравствуйте добрый день пока хорошо ок "
        "شكرا جزيلا مرحبا السلام عليكم حسنا تمام مع السلامة "
        "धन्यवाद शुक्रिया नमस्ते ठीक है "
        "teşekkürler teşekkür ederim merhaba tamam selam "
        "terima kasih halo baik selamat pagi siang malam "
        "谢谢 谢谢你 你好 好的 再见 好 多谢 您好 嗨 "
        "ありがとう ありがとうございます こんにちは はい 了解 おはよう "
        "감사합니다 고마워요 안녕하세요 안녕 네 "
        "ขอบคุณ ขอบคุณครับ ขอบคุณค่ะ สวัสดี สวัสดีครับ สวัสดีค่ะ โอเค"
    ).split()
)


def asks_for_nothing(text: str) -> bool:
    """Tell whether a message is thanks, a greeting or a sign: no passages are due."""
    return all(word in SMALL_TALK for word in WORD.findall(fold(text)))


def find_earlier_words(text: str, earlier: tuple[str, ...]) -> list[str]:
    """Return the words of the last turns that a question leans on; none if on none.

    `earlier` are the turns before it, oldest first.
    """
    own = {word for word in split_words(text) if word not in COMMON}
    if len(own) > MOST_OWN_WORDS:
        return []
    words = [
        word for turn in reversed(earlier[-LAST_TURNS:]) for word in split_words(turn)
    ]
    return [word for word in dict.fromkeys(words) if word not in COMMON][
        :MOST_EARLIER_WORDS
    ]
