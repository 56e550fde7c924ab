"""Search in many spellings: accents, scripts without spaces, and a plain reference."""

import re
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.database import Database
from db.queries.search import FOUND_FROM, FOUND_TO, search_messages
from tests.db.queries.past_chats import add_chat, find
from tests.db.sql import change, rows, value

# What is said, and what finds it.
ACCENTED = {
    "Zwei Café crème, bitte": ["cafe", "CAFÉ", "cafe\u0301", '"cafe creme"', "caf*"],
    "a cafe nearby": ["cafe", "café", "cáf*", '"à cafè"'],
    "cafe\u0301 in two signs": ["cafe", "café"],
    "Cơm ở Đà Nẵng": ["com", '"o da nang"', "ĐÀ"],
    "Łódź i Smørrebrød": ["lodz", "smorrebrod", "ŁODŹ", "smör*"],
    "ISPARTA'da k\u0131z, İzmir": ["isparta", "kiz", "izmir"],
    "Ёлка и чай": ["елка", "чаи", "ЕЛ*"],
    "Καλημέρα": ["καλημερα", "ΚΑΛΗΜΈΡΑ"],
    "مَرْحَبًا أحمد": ["مرحبا", "احمد"],
    "שָׁלוֹם": ["שלום"],
}
UNSPACED = {
    "今天我们去东京买面包\uff0c好吗\uff1f": [
        "面包", "东京", '"我们去东京"', "包", "东*", "今天 好吗",
    ],
    "今日はパンを買いました。": ["パン", "買いました", "ハ\u309aン"],
    "ﾊﾟﾝ屋は3日に開く": ["屋は", "3日", '"3日に"', "ﾊﾟﾝ"],
    "ร้านเปิดวันเสาร์กี่โมง": ["เปิด", "วันเสาร์", "ร้าน"],
    "ຮ້ານເປີດວັນເສົາ": ["ເປີດ"],
    "ហាងបើកថ្ងៃសៅរ៍": ["បើក", "ថ្ងៃ"],
    "ဆိုင်ဖွင့်သည်": ["ဖွင့်"],
    "新しいiPhone手机": ["iphone", "手机", "iphone手机", "い", '"しいiPhone手"'],
}  # fmt: skip
NOT_FOUND_BY = {
    "今日はパン": ["ハン", "は今", "日パ", "phone"],
    "東 京": ["東京"],
    "iPhone手机": ["phone手机", "手机phone", "机手"],
    "cafés": ["cafe", "fés"],
    "かき": ["がき"],
}


@pytest.mark.parametrize("state", ["active", "closed", "archived"])
@pytest.mark.parametrize("found_by", [ACCENTED, UNSPACED])
def test_what_was_said_is_found_in_other_spellings_and_by_its_parts(
    database: Database, state: str, found_by: dict[str, list[str]]
) -> None:
    add_chat(database, *found_by, state=state)
    asked = [(said, words) for said in found_by for words in found_by[said]]
    missed = [pair for pair in asked if pair[0] not in find(database, pair[1])]
    assert missed == []


@pytest.mark.parametrize("state", ["active", "closed"])
def test_other_letters_and_orders_are_not_found(database: Database, state: str) -> None:
    add_chat(database, *NOT_FOUND_BY, state=state)
    asked = [(said, words) for said in NOT_FOUND_BY for words in NOT_FOUND_BY[said]]
    assert [pair for pair in asked if pair[0] in find(database, pair[1])] == []


@pytest.mark.parametrize(
    ("said", "words", "snippet"),
    [
        ("Un Café, s'il vous plaît", "cafe PLAIT", "Un «Café», s'il vous «plaît»"),
        ("a cafe\u0301 now", "café", "a «café» now"),
        ("naïve café", "cafe n*", "«naïve» «café»"),
        ("Ein Café 'crème' \\ \\", '"cafe creme"', "Ein «Café» '«crème»' \\ \\"),
        ("今日はパンを買う", "パン", "今日は«パン»を買う"),
        ("日曜日に日本へ", "日本", "日曜日に«日本»へ"),
        ("ร้านเปิดวันเสาร์", "เปิด", "ร้าน«เปิด»วันเสาร์"),
        ("新しいiPhone手机 é", "iphone手机", "新しい«iPhone»«手机» é"),
        ("plain words", "none", "plain words"),
    ],
)
def test_a_snippet_shows_the_text_as_it_was_written(
    database: Database, said: str, words: str, snippet: str
) -> None:
    query = "SELECT search_snippet(%(said)s, search_query(%(words)s, 'whole'))"
    assert value(database, query, said=said, words=words) == snippet


def test_the_command_shows_the_same(database: Database) -> None:
    add_chat(database, f"Le {FOUND_FROM}Café{FOUND_TO} ouvre; パンを買う")
    with database.transaction() as connection:
        ((first,), (second,)) = (
            search_messages(connection, words, 20, 99).hits
            for words in ("cafe", "パン")
        )
    assert first.pieces()[:2] == ["Le ", "Café"]
    assert second.pieces()[1] == "パン"


def test_a_long_text_without_spaces_is_cut_around_what_was_found(
    database: Database,
) -> None:
    add_chat(database, "今日は天気がいいから散歩に" * 40 + "パンを買う" + "行く" * 40)
    ((snippet,),) = rows(database, "SELECT snippet FROM search_messages('パン')")
    assert "«パン»を買う" in snippet
    assert len(snippet) < 50


def test_the_fold_says_which_characters_it_changes(database: Database) -> None:
    """Each letter that becomes another is known to the look at letters before it."""
    query = """
        SELECT string_agg(chr(code), '' ORDER BY code)
        FROM (VALUES (192, 8500), (63744, 64335), (194560, 195101)) AS range (low, high)
        CROSS JOIN generate_series(low, high) AS code
        WHERE chr(code) ~ '[[:alpha:]]'
          AND length(fold_accents(chr(code))) = 1
          AND NOT jsonb_build_object('content', chr(code)) @? search_letters(
            to_tsquery('simple', quote_literal(fold_accents(chr(code)))))
    """
    assert value(database, query) is None


def fold(text: str) -> str:
    """What fold_accents() does, for the characters below; and small letters."""
    parts = unicodedata.normalize("NFD", text)
    bare = re.sub("[\u0300-\u036f]", "", parts).replace("ł", "l").replace("Ø", "O")
    return unicodedata.normalize("NFC", bare).lower()


RUN = "[日本語パカガ]"
WORD = st.lists(st.sampled_from([*"aeéÉłØ1", "e\u0301", "日", "本", "パ", "カ", "ガ",
                                 "ハ\u309a"]), min_size=1, max_size=5)  # fmt: skip
TEXT = st.lists(WORD.map("".join), min_size=1, max_size=4).map(" ".join)
QUERY = st.tuples(TEXT, st.booleans(), st.sampled_from(["", "*"]))


def has(text: str, words: str, *, is_phrase: bool, star: str) -> bool:
    """Say by eye whether a message has the words: a word whole, a run anywhere."""
    spaced = re.sub(f"({RUN}+)", r" \1 ", fold(text))
    asked = [words] if is_phrase else words.split()
    return all(_has(" ".join(spaced.split()), fold(one), star) for one in asked)


def _has(text: str, sought: str, star: str) -> bool:
    sought = " ".join(re.sub(f"({RUN}+)", r" \1 ", sought).split())
    before = "" if re.match(RUN, sought) else r"(?:^|(?<= ))"
    after = "" if star or re.search(f"{RUN}$", sought) else r"(?= |$)"
    return re.search(before + re.escape(sought) + after, text) is not None


def ask(words: str, *, is_phrase: bool, star: str) -> str:
    if is_phrase:
        return f'"{words}{star}"'
    return " ".join(word + star for word in words.split())


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    texts=st.lists(TEXT, min_size=1, max_size=4, unique=True),
    asked=st.lists(QUERY, min_size=1, max_size=4),
    state=st.sampled_from(["active", "closed"]),
)
@example(["日本日本語"], [("日", False, ""), ("本日", True, "*")], "closed")
def test_a_plain_reference_finds_the_same(
    database: Database,
    texts: Sequence[str],
    asked: Sequence[tuple[str, bool, str]],
    state: str,
) -> None:
    change(database, "DELETE FROM userchats")
    for text in texts:
        add_chat(database, text, state=state)
    for words, is_phrase, star in asked:
        wanted = {t for t in texts if has(t, words, is_phrase=is_phrase, star=star)}
        assert set(find(database, ask(words, is_phrase=is_phrase, star=star))) == wanted
