"""What people write, and which call of the shop's tools it means, if any."""

from typing import Any

ALL = ("people", "day", "at")
BOOKINGS = [
    ("Book a table for 4 tomorrow at 10", 4, "2026-11-27", "10:00"),
    ("Please book a table for four people on Friday at 12:00", 4, "2026-11-27",
     "12:00"),
    ("Hi! I'd like to reserve a table for 2 on 2026-12-01, 3 pm", 2, "2026-12-01",
     "15:00"),
    ("Can you book us a table tomorrow at noon for 3?", 3, "2026-11-27", "12:00"),
    ("I need a table for 5 on 5 December at 11:00", 5, "2026-12-05", "11:00"),
    ("table for 2 on January 3rd, 4pm", 2, "2027-01-03", "16:00"),
    ("Do you have a table for two next Thursday at 9 am?", 2, "2026-12-03", "09:00"),
    ("I want to make a reservation for 4 people, day after tomorrow, 13:00", 4,
     "2026-11-28", "13:00"),
]  # fmt: skip
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    *((said, "book_table", dict(zip(ALL, told, strict=True)))
      for said, *told in BOOKINGS),
    ("Which tables did I book?", "my_tables", {}),
    ("which tables have I booked", "my_tables", {}),
    ("Show me my tables", "my_tables", {}),
    ("Where is my order 1042?", "order_status", {"number": 1042}),
    ("What's the status of order A-1042?", "order_status", {"number": 1042}),
    ("Can you track my order #1042?", "order_status", {"number": 1042}),
    ("order 1042", "order_status", {"number": 1042}),
    ("When are you open on Sunday?", "opening_hours", {"day": "2026-11-29"}),
    ("Opening hours on 24.12.?", "opening_hours", {"day": "2026-12-24"}),
    ("Is the bakery open today?", "opening_hours", {"day": "2026-11-26"}),
    ("When do you open?", "opening_hours", {}),
    ("Until when are you open on Saturday", "opening_hours", {"day": "2026-11-28"}),
    ('Refund order A-1042, reason "it was cold"', "refund_order",
     {"number": "A-1042", "reason": "it was cold"}),
    ("I'd like to order a large cake for tomorrow with 12 candles", "order_cake",
     {"size": "large", "on": "2026-11-27", "candles": 12}),
    ("Order a small cake for 24 December", "order_cake",
     {"size": "small", "on": "2026-12-24"}),
    ("List my invoices please", "list_invoices", {}),
]  # fmt: skip
QUESTIONS = {
    "I want to book a table": "For how many people, on which day, and at what time?",
    "Can I book a table for tomorrow?": "For how many people, and at what time?",
    "Where is my order?": "Which order number?",
    "Order a cake": "Which size (small, large), and on which day?",
    "Refund my order 1042": "Which reason (what was wrong)?",
}
SMALL_TALK = (
    "Hello", "Hi there, how are you?", "Thanks a lot!", "Good morning", "Yes", "No",
    "ok", "\U0001f44d", "4", "Tomorrow", "Tell me a joke", "What can you do?",
    "Who are you?", "Where are you?", "I love you", "Nice to meet you",
    "What is the capital of France?", "What time is it?", "When is your birthday?",
    "How many hours do you sleep?", "I feel open today", "We are open to ideas",
    "Let's keep an open mind", "See you tomorrow at 10", "I'll be 4 tomorrow",
    "I read a good book yesterday", "I read 3 books at 10 tables",
    "The book on the table is red", "What a beautiful table!", "Do you like tables?",
    "Which table is the best?", "When can I come?",
    "How do I book a table?", "My table was too small",
    "who wrote the book on tables?", "I booked a table yesterday and it was lovely",
    "I have already booked a table for tomorrow at 10 for 4 people",
    "Don't book a table for 4 tomorrow at 10",
    "Please cancel my table for 4 tomorrow at 10", "What does rye bread cost?",
    "How much is a birthday cake?", "Do you have vegan cake?", "I'd like a coffee",
    "Where can I order a cake?", "In order to win, you must play",
    "I am in good order", "My order was wrong", "My number is 1042",
    "I ordered a cake for tomorrow, when will it come?", "Can I pay by card?",
    "I ate cake on Sunday with 12 candles", "The weather on Friday will be good",
    "I want to speak to a person", "Are there nuts in it?", "Do you deliver?",
)  # fmt: skip
