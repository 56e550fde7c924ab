"""Broadcasts: what is read and checked before one starts, and how it is sent."""
