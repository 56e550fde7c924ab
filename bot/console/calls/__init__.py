"""Calls of tools that operators have to allow."""
