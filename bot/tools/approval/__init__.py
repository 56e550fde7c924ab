"""Calls of tools that somebody has to allow before they begin."""
