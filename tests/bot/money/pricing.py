"""Prices for tests, in round numbers."""

from bot.money.prices import Prices, read_prices

FILE = """
currency = "EUR"
date = 2026-11-01

[unknown]
input = 20
output = 100
minute = 1
characters = 60
message = 0.2

[models.dear]
input = 2.5
cached_input = 1.25
output = 10
reasoning = 5
picture_tokens = 100

[models.cheap]
input = 0.1
output = 0.4

[models.ear]
minute = 0.006

[whatsapp]
"+49" = 0.05
"+4915" = 0.04
"""
PRICES: Prices = read_prices(FILE)
