"""Choices as WhatsApp shows them: buttons, or a list."""
