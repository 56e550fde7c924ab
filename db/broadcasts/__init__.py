"""Broadcasts: one template to many people who want it, each of them once."""
