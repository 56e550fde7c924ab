"""The operators' own WhatsApp: what they are told, and what they mean, in words."""
