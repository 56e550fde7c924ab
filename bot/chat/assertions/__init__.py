"""Answers that claim an effect: found by their words, held against the ledger."""
