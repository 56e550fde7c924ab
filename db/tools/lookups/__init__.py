"""Lookups: an operator's own statements, run for whoever is asked about."""
