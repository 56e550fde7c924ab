"""Follow-ups, measured: found by their own words, and with those of the last turns."""

from uuid import uuid4

from bot.knowledge.finding.followup import find_earlier_words
from bot.knowledge.words import split_words
from db.database import Database
from db.knowledge.search import find_by_words
from tests.db.knowledge.storing import store

ANYBODY = uuid4()
TEXTS = {
    "rye": "Rye bread: 3.50 euros a loaf. Contains gluten. Keeps four days.",
    "spelt": "Spelt bread: 4.20 euros a loaf. Contains gluten. Keeps three days.",
    "roll": "Wheat roll: 0.45 euros a piece. Contains gluten and milk.",
    "croissant": "Croissant: 1.60 euros a piece. Contains gluten, butter and egg.",
    "cheesecake": "Cheesecake: 24 euros whole, 3.10 a slice. Contains milk and egg.",
    "nut": "Nut cake: 28 euros whole, 3.40 a slice. Contains hazelnuts and egg.",
    "weekdays": "Opening hours on weekdays: from seven to six in the evening.",
    "saturday": "Opening hours on Saturdays: from seven to one.",
    "sunday": "Opening hours on Sundays: from eight to eleven, rolls and cake only.",
    "holidays": "On public holidays the shop is closed.",
    "deliver": "Delivery within ten kilometres: 4 euros, free from 40 euros.",
    "slots": "Delivery is between nine and noon, on weekdays only.",
    "order": "Cakes are ordered two days ahead, by phone or WhatsApp.",
    "cancel": "An order is cancelled free of charge until noon the day before.",
    "card": "Payment by card from 10 euros; cash always. No cheques.",
    "voucher": "Vouchers of 10, 20 and 50 euros never expire.",
    "parking": "Parking: four places behind the shop, in Mill Lane.",
    "address": "The shop stands at 12 Mill Street, beside the church.",
}
# What was asked, what was answered, the follow-up, and what tells the answer.
TALKS = [
    ("What does rye bread cost?", "Rye bread is 3.50 euros.", "How long does it keep?",
     "rye"),
    ("Do you have spelt bread?", "Yes, we do.", "how much is it?", "spelt"),
    ("Do you have croissants?", "Yes, every day.", "what is in them?", "croissant"),
    ("Tell me about the cheesecake", "It is fresh.", "and a slice?", "cheesecake"),
    ("Is there nut cake?", "There is.", "Does it contain egg?", "nut"),
    ("How much is a wheat roll?", "0.45 euros.", "is there milk in it?", "roll"),
    ("What are your opening hours?", "From seven to six.", "and on Sundays?", "sunday"),
    ("When do you open?", "At seven on weekdays.", "And Saturdays?", "saturday"),
    ("What are your opening hours?", "From seven to six.", "holidays?", "holidays"),
    ("Do you deliver?", "Yes, within ten kilometres.", "what does that cost?",
     "deliver"),
    ("Is there delivery?", "Yes, for 4 euros.", "at what time?", "slots"),
    ("How do I order a cake?", "By phone.", "how many days ahead?", "order"),
    ("I have an order", "Thank you.", "can I cancel it?", "cancel"),
    ("Can I pay by card?", "Yes.", "from how much?", "card"),
    ("Do you sell vouchers?", "Yes.", "do they expire?", "voucher"),
    ("Where is your shop?", "At 12 Mill Street.", "and parking?", "parking"),
    ("Is there parking?", "Four places.", "where?", "parking"),
    ("Nut cake please", "With pleasure.", "price?", "nut"),
    ("cheesecake", "24 euros whole.", "does it have milk?", "cheesecake"),
    ("spelt bread", "Yes?", "gluten?", "spelt"),
    ("rye bread", "Yes?", "how many days is it good?", "rye"),
    ("croissants", "1.60 euros.", "with butter?", "croissant"),
    ("Is delivery free?", "From 40 euros.", "and how far?", "deliver"),
    ("What vouchers are there?", "Of 10 and 20 euros.", "any bigger?", "voucher"),
    ("Can I cancel?", "Yes.", "until when?", "cancel"),
    ("Do you take cash?", "Always.", "cheques?", "card"),
    ("What is rye bread?", "A dark loaf.", "what is the address?", "address"),
    ("What does rye bread cost?", "3.50 euros.", "and spelt?", "spelt"),
    ("Do you sell croissants?", "Yes.", "And do you deliver?", "deliver"),
    ("And the cheesecake?", "24 euros.", "where is the shop?", "address"),
]  # fmt: skip


def test_follow_ups_are_found_with_the_turns_before_them(database: Database) -> None:
    store(database, *TEXTS.values())
    ids = database.column("SELECT id FROM document_chunks ORDER BY chunk_index")
    names = dict(zip(ids, TEXTS, strict=True))

    def first(question: str, earlier: list[str]) -> str | None:
        words = split_words(question)
        hits = find_by_words(database, words, ANYBODY, earlier=earlier)
        return names[hits[0].chunk_id] if hits else None

    alone = [first(text, []) == wanted for _, _, text, wanted in TALKS]
    with_turns = [
        first(text, find_earlier_words(text, (asked, said))) == wanted
        for asked, said, text, wanted in TALKS
    ]
    assert len(TALKS) == 30
    assert sum(alone) <= 15
    assert sum(with_turns) >= 24
