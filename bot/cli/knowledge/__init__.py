"""Commands on what the business knows; each module adds its own to the group."""
