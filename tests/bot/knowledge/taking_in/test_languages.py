# ruff: noqa: RUF001  (sentences in many alphabets)
"""Languages of documents: told by script and commonest words, or not at all."""

import pytest

from bot.knowledge.taking_in.languages import find_language

SAID = {
    "en": "We are open from nine to six, and on Sundays you can order by phone.",
    "de": "Wir haben von neun bis sechs auf, und am Sonntag ist die Bäckerei zu.",
    "es": "La panadería abre a las nueve y los domingos no se puede llamar.",
    "fr": "La boulangerie est ouverte de neuf à six heures et le dimanche.",
    "it": "Il negozio è aperto dalle nove e la domenica non si può ordinare.",
    "pt": "A padaria abre às nove e aos domingos não é possível pedir por telefone.",
    "nl": "De winkel is open van negen tot zes en op zondag kunt u niet bestellen.",
    "sv": "Vi har öppet från nio till sex och det går inte att beställa på söndag.",
    "pl": "Sklep jest otwarty od dziewiątej i nie można zamawiać w niedzielę.",
    "tr": "Fırın dokuzda açılır ve pazar günleri için sipariş bir gün daha önce.",
    "id": "Toko buka dari jam sembilan dan pada hari Minggu tidak dapat pesan.",
    "vi": "Cửa hàng mở cửa từ chín giờ và không nhận đơn của bạn vào ngày này.",
    "ru": "Магазин открыт с девяти, и по воскресеньям мы не принимаем заказы на дом.",
    "uk": "Крамниця відчинена з дев'ятої, і в неділю ми не приймаємо замовлення.",
    "ar": "المتجر مفتوح من الساعة التاسعة في كل يوم ما عدا الأحد هذا الشهر",
    "fa": "فروشگاه از ساعت نه باز است و در روز یکشنبه سفارش را با تلفن هم",
    "hi": "दुकान नौ बजे से खुली है और रविवार को फोन से ऑर्डर नहीं ले सकते हैं",
    "he": "החנות פתוחה כל יום משעה תשע, אבל לא בשבת, אם יש חג או זה",
    "el": "Το κατάστημα ανοίγει στις εννέα.",
    "th": "ร้านเปิดเก้าโมงเช้า",
    "ja": "店は九時に開きます。",
    "zh": "商店九点开门，星期天不营业。",
    "ko": "가게는 아홉 시에 엽니다.",
}  # fmt: skip


@pytest.mark.parametrize("language", SAID)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert find_language(SAID[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3.50 – 4.20",
        "👍👍",
        "Baguette 1.20\nCiabatta 2.80\nBrioche 1.90\nPretzel 0.90",
        f"{SAID['en']} {SAID['de']}",
    ],
)
def test_what_tells_no_language_has_none(text: str) -> None:
    assert find_language(text) is None


def test_a_list_with_a_word_of_prose_is_no_prose() -> None:
    names = "\n".join(f"Baguette {number}" for number in range(100))
    assert find_language(f"{names}\nde la") is None
