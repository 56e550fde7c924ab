"""What models of speech write where nobody said it: it is left out.

Whisper learned from subtitles, and writes their ends where it hears silence or noise:
https://arxiv.org/abs/2501.11378
"""

import re
from collections.abc import Iterable, Iterator

from bot.llm.speech.transcripts import Segment

# What Whisper itself takes for silence, for a bad guess, and for words that go round.
# https://github.com/openai/whisper/blob/main/whisper/transcribe.py
MOST_NO_SPEECH = 0.6
LEAST_LOG_PROB = -1.0
MOST_COMPRESSION = 2.4
# With this nobody spoke, however well it guesses.
SURELY_NO_SPEECH = 0.95
# Nobody says so many letters in a second, nor the same words so often.
MOST_LETTERS_A_SECOND = 45.0
MOST_TIMES = 6
LONGEST_PHRASE = 12  # words

# The ends of subtitles, in the languages of which they are known. Whole sentences: a
# person may well thank somebody, but for no watching.
_ENDS = re.compile(
    r"(?:so )?(?:thank(?:s| you)(?: (?:so|very) much)? for (?:watching|viewing)"
    r"(?: (?:this|the|my) video)?"
    r"|(?:and )?(?:i(?: wi|')?ll |we(?: wi|')?ll )?see you (?:guys )?in the next"
    r" (?:video|one|episode)"
    r"|(?:please |don.?t forget to )?(?:like,? (?:and )?(?:comment,? )?(?:and )?)?"
    r"subscribe(?: to (?:my|the|our) channel)?"
    r"|.*amara\.?org.*|.*subtitles? by.*|transcri(?:bed|ption) by .*"
    r"|you"
    r"|untertitel(?:ung)? (?:im auftrag des|der|von) .*|copyright wdr.*"
    r"|vielen dank f.rs zuschauen"
    r"|sous-titr.* par .*|sous-titrage st.*|merci d.avoir regard. cette vid.o"
    r"|subt.tulos (?:realizados|creados|por) .*|gracias por ver(?: el v.deo)?"
    r"|suscr.bete(?: al canal)?"
    r"|legendas? (?:pela|por) .*|obrigad[oa] por assistir|inscreva-se no canal"
    r"|sottotitoli .*|grazie per la visione"
    r"|субтитры .*|редактор субтитров .*|продолжение следует|спасибо за просмотр"
    r"|ترجمة نانسي قنقر|اشترك(?:وا)? في القناة|شكرا على المشاهدة"
    r"|terima kasih (?:telah|sudah) menonton|देखने के लिए धन्यवाद"
    r"|.*视频.*订阅.*|.*字幕.*|ご視聴ありがとうございました|시청해 ?주셔서 감사합니다"
    r"|mbc 뉴스.*|altyaz. .*|izledi.iniz i.in te.ekk.r(?: ederim|ler)?)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?…。！？|]+(?:\.(?=\w)[^.!?…。！？|]+)*")  # noqa: RUF001
_NOTHING = re.compile(r"[\W_]+")


def spoken(segments: Iterable[Segment], seconds: float | None) -> str | None:
    """Return what was said; None if that is nothing. `seconds`: how long it is."""
    kept = "".join(segment.text for segment in segments if is_believable(segment))
    text = " ".join(kept.split())
    if not _NOTHING.sub("", text) or _goes_round(text) or all(_ends(text)):
        return None
    if seconds and len(text) > seconds * MOST_LETTERS_A_SECOND:
        return None
    return text


def is_believable(segment: Segment) -> bool:
    """Tell whether somebody said it, as far as the model is sure of it."""
    silence = segment.no_speech or 0.0
    is_guess = segment.log_prob is not None and segment.log_prob < LEAST_LOG_PROB
    goes_round = (segment.compression or 0.0) > MOST_COMPRESSION
    is_silent = silence > MOST_NO_SPEECH and is_guess
    return not (is_silent or goes_round or silence > SURELY_NO_SPEECH)


def _ends(text: str) -> Iterator[bool]:
    """Yield for each sentence whether it is the end of subtitles."""
    for sentence in _SENTENCE.findall(text):
        if words := sentence.strip(" ,;:\u00a1\u00bf-\u2013\u2014\"'()[]*\u266a"):
            yield bool(_ENDS.fullmatch(words))


def _goes_round(text: str) -> bool:
    """Tell whether all of it is the same few words, again and again."""
    words = _NOTHING.sub(" ", text.casefold()).split()
    for length in range(1, LONGEST_PHRASE + 1):
        times, left = divmod(len(words), length)
        if times < MOST_TIMES:
            return False
        phrase = words[:length]
        again = phrase * times + phrase[:left]
        if words == again:
            return True
    return False
