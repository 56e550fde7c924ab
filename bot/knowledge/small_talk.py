"""Which messages ask for nothing that the business could know.

A greeting or thanks needs no passages. "Yes" may mean what was said before, so that it
needs some; but it is no question, and so no gap where nothing is found.
"""

# ruff: noqa: RUF001  (words of many alphabets)

import regex

from bot.knowledge.words import fold

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
QUESTION_SIGNS = frozenset("?？؟\u037e՞⸮")
GREETINGS = """
thanks thank you thx ty ok okay okey k great perfect super cool nice fine
hello hi hey bye goodbye good morning evening night afternoon day cheers
very much so a lot welcome
danke schön dank vielen sehr hallo guten morgen abend tag tschüss gut prima moin
gracias muchas hola buenos buenas días tardes noches adiós vale bien perfecto
merci beaucoup bonjour bonsoir salut parfait au revoir d accord daccord
grazie mille ciao buongiorno buonasera arrivederci va bene perfetto
obrigado obrigada muito olá oi bom boa dia tarde noite tchau tudo bem
dankjewel bedankt hoi dag goedemorgen tot ziens
спасибо большое привет здравствуйте здравствуй добрый день пока хорошо ок
شكرا جزيلا مرحبا السلام عليكم حسنا تمام مع السلامة
धन्यवाद शुक्रिया नमस्ते ठीक है
teşekkürler teşekkür ederim merhaba tamam selam
terima kasih makasih halo baik selamat pagi siang malam
谢谢 謝謝 谢谢你 你好 好的 再见 好 多谢 您好 嗨
ありがとう ありがとうございます こんにちは 了解 おはよう
감사합니다 고마워요 안녕하세요 안녕
ขอบคุณ ขอบคุณครับ ขอบคุณค่ะ สวัสดี สวัสดีครับ สวัสดีค่ะ โอเค
"""
REPLIES = """
yes yeah yep no nope not sure please right alright sorry well lol haha wow awesome
test help bot robot hmm aha oh ah later soon
ja nein bitte doch klar genau sí si claro por favor no bueno
oui non sil vous plaît prego sì sim não claro je wel goed graag nee
да нет пожалуйста نعم لا हां नहीं evet hayır ya tidak
是 不 不是 はい いいえ 네 아니요 ใช่ ไม่
"""
# As they are written without apostrophes.
PHRASES = """
how are you|how is it going|hows it going|whats up|what is up|nice to meet you|see you
see you later|see you soon|see you tomorrow|talk to you later|have a nice|have a good
have a great|youre welcome|who are you|what are you|are you a bot|are you a robot
are you human|are you a human|are you there|can you help me|help me|i see|im fine
thats all|that is all|you too|no problem|got it|not now|all good
wie geht es dir|wie gehts|wie geht es ihnen|wer bist du|auf wiedersehen|schönen tag
cómo estás|como estas|cómo está|qué tal|que tal|quién eres|hasta luego|de nada
tudo bem|como vai|quem é você|até logo|de nada
ça va|comment allez vous|qui es tu|bonne journée|bonne soirée|à bientôt
come stai|come va|chi sei|buona giornata|hoe gaat het|wie ben jij
как дела|кто ты|до свидания|كيف حالك|nasılsın|apa kabar|你好吗|您好吗|お元気ですか
"""
_GREETINGS = frozenset(fold(GREETINGS).split())
_REPLIES = _GREETINGS | frozenset(fold(REPLIES).split())
_PHRASES = regex.compile(
    r"(?<!\S)(?:"
    + "|".join(sorted(regex.split(r"[|\n]", fold(PHRASES).strip()), reverse=True))
    + r")(?!\S)"
)


def asks_for_nothing(text: str) -> bool:
    """Tell whether a message is thanks, a greeting or a sign: no passages are due."""
    return all(word in _GREETINGS for word in _words(text))


def is_small_talk(text: str) -> bool:
    """Tell whether a message is of that kind, a mere yes or no, or "how are you?"."""
    rest = _PHRASES.sub(" ", " ".join(_words(text)))
    return all(word in _REPLIES for word in rest.split())


def is_question(text: str) -> bool:
    """Tell whether a message has a sign of a question, in whichever script."""
    return not QUESTION_SIGNS.isdisjoint(text)


def _words(text: str) -> list[str]:
    return list(map(str, WORD.findall(fold(text).replace("'", ""))))
