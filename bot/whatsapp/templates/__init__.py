"""Templates: texts that WhatsApp approved, for outside the service window."""
