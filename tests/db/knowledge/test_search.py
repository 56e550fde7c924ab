"""What words find, for whom, in which language, and in which order."""

import math
import random
from collections import Counter
from uuid import UUID, uuid4

import pytest

from bot.knowledge.words import split_words
from db.database import Database
from db.knowledge import search
from db.knowledge.passages import load_passages, load_whole
from db.knowledge.search import find_by_terms, find_by_words, look_up
from tests.db.knowledge.storing import add_user, found, replace, store
from tests.db.sql import change, value

ANYBODY = uuid4()
RYE = "Rye bread costs 3.50 euros."
WHEAT = "Wheat rolls are 40 cents each."
SUNDAY = "On Sundays we open at eight."


def share(database: Database, question: str, user_id: UUID = ANYBODY) -> float:
    """Return what share of the question the best chunk holds."""
    return find_by_words(database, split_words(question), user_id)[0].share


@pytest.fixture
def bakery(database: Database) -> int:
    return store(database, RYE, WHEAT, SUNDAY)


def test_a_question_finds_its_chunk_first(database: Database, bakery: int) -> None:
    assert found(database, "What does rye bread cost?", ANYBODY) == [RYE]
    assert found(database, "what costs 3,50", ANYBODY) == [RYE]
    assert found(database, "wheat roll or rye", ANYBODY) == [WHEAT, RYE]
    assert found(database, "Who is the president?", ANYBODY) == []
    assert found(database, "", ANYBODY) == []


def test_nobody_finds_what_is_anothers(database: Database, bakery: int) -> None:
    ana = add_user(database, "whatsapp:+351900000001")
    ben = add_user(database, "whatsapp:+351900000002")
    secret = "Ben's rye contract ends in May."
    own = store(database, secret, user_id=ben)
    everything = "Ben's rye bread contract, wheat rolls, Sundays, May, end"
    assert secret in found(database, everything, ben)
    assert secret not in found(database, everything, ana)
    assert secret not in found(database, everything, ANYBODY)
    assert found(database, "contract", ana) == []
    theirs = database.column(
        "SELECT id FROM document_chunks WHERE document_id = %(own)s", {"own": own}
    )
    assert [p.text for p in load_passages(database, theirs, ben)] == [secret]
    assert load_passages(database, theirs, ana) == []
    whole = load_whole(database, ana, 10_000)
    assert [p.text for p in whole or ()] == [RYE, WHEAT, SUNDAY]


def test_what_is_anothers_does_not_even_count(database: Database, bakery: int) -> None:
    ben = add_user(database, "whatsapp:+351900000002")
    question = split_words("rye rolls on Sunday in a contract")
    before = find_by_words(database, question, ANYBODY)
    store(database, "Rye rye rye contract.", "Sunday rolls.", user_id=ben)
    assert find_by_words(database, question, ANYBODY) == before
    assert find_by_words(database, question, ben) != before


def test_the_share_tells_whether_words_can_match(
    database: Database, bakery: int
) -> None:
    assert share(database, "What does rye bread cost?") == 1
    assert share(database, "Do you sell rye bread in Lisbon?") < 0.5
    assert share(database, "Quanto custa o pão de rye?") < 0.5


def test_each_language_is_stemmed_its_own_way(database: Database, bakery: int) -> None:
    hours = "Unsere Öffnungszeiten: Montags ab sieben."
    store(database, hours, "Das Roggenbrot ist frisch.", language="de")
    store(database, "パンは毎日焼きます。", language="ja")
    assert found(database, "Wann ist die Öffnungszeit?", ANYBODY)[0] == hours
    assert found(database, "When do you open on a Sunday?", ANYBODY) == [SUNDAY]
    assert found(database, "パンはありますか", ANYBODY) == ["パンは毎日焼きます。"]


def test_a_server_without_a_stemmer_takes_words_as_they_are(
    database: Database,
) -> None:
    store(database, "Pink elephants dance.", language="en")
    change(database, "UPDATE document_lengths SET dictionary = 'simple'")
    assert found(database, "elephant", ANYBODY) == []
    dropped = "ALTER TEXT SEARCH DICTIONARY english_stem RENAME TO elsewhere"
    change(database, dropped)
    store(database, "Grey elephants sleep.", language="en")
    used = "SELECT max(dictionary) FROM document_lengths"
    assert value(database, used) == "simple"
    assert found(database, "elephants", ANYBODY) == ["Grey elephants sleep."]


def test_a_replaced_document_is_found_by_its_new_words_alone(
    database: Database, bakery: int
) -> None:
    replace(database, bakery, ["Rye bread costs 3.80 euros."])
    assert found(database, "rye bread 3.50 wheat", ANYBODY) == [
        "Rye bread costs 3.80 euros."
    ]
    change(database, "DELETE FROM document_chunks")
    assert value(database, "SELECT count(*) FROM chunk_terms") == 0


def bm25(texts: list[list[str]], question: set[str]) -> list[float]:
    """Return the score of each text, as the textbook has it."""
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        counted, score = Counter(text), 0.0
        for term in question:
            seen = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))
            length = 1 - search.B + search.B * len(text) / mean
            many = counted[term]
            score += idf * many * (search.K1 + 1) / (many + search.K1 * length)
        scores.append(score)
    return scores


@pytest.mark.parametrize("most_postings", [search.MOST_POSTINGS, 20])
def test_scores_are_bm25s_whatever_is_left_out_at_first(
    database: Database, most_postings: int
) -> None:
    dice = random.Random(7)  # noqa: S311  (the same texts each time)
    vocabulary = [f"w{number}x" for number in range(40)]
    weights = [1 / (rank + 1) for rank in range(40)]
    texts = [
        dice.choices(vocabulary, weights, k=dice.randint(3, 30)) for _ in range(60)
    ]
    store(database, *(" ".join(text) for text in texts), language=None)
    tokens = [split_words(" ".join(text)) for text in texts]
    question = split_words("w0x w1x w20x w30x")
    wanted = sorted(bm25(tokens, set(question)), reverse=True)
    asked = look_up(database, question, ANYBODY)
    hits = find_by_terms(database, asked, ANYBODY, 5, most_postings)
    assert [hit.score for hit in hits] == pytest.approx(wanted[:5])


def test_a_small_set_is_given_whole_in_its_order(
    database: Database, bakery: int
) -> None:
    size = len((RYE + WHEAT + SUNDAY).encode())
    whole = load_whole(database, ANYBODY, size)
    assert [passage.text for passage in whole or ()] == [RYE, WHEAT, SUNDAY]
    assert load_whole(database, ANYBODY, size - 1) is None
    change(database, "DELETE FROM documents")
    assert load_whole(database, ANYBODY, size) == []


@pytest.mark.parametrize(
    ("question", "earlier", "stems"),
    [
        ("What does rye bread cost?", "", ["bread", "cost", "rye"]),
        ("Was kosten die Br\u00f6tchen?", "", ["brotch", "kost"]),
        ("Is there parking?", "Rye bread costs 4.20", ["park"]),
        ("And is it there?", "the rye bread", ["bread", "rye"]),
        ("!?", "", []),
    ],
)
def test_stems_of_a_question_are_its_own_and_of_one_language(
    database: Database, question: str, earlier: str, stems: list[str]
) -> None:
    store(database, "Rye bread costs 4.20")
    store(database, "Die Br\u00f6tchen kosten 0,60", language="de")
    words = split_words(question)
    found, _ = search.search(database, words, split_words(earlier), ANYBODY)
    assert found == stems
