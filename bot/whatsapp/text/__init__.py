"""A reply's text on its way to WhatsApp: its formatting, and its parts."""
