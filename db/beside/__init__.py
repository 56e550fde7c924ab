"""Databases beside the live one: made, put into its place, found again, dropped."""
