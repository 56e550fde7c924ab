"""Commands on tools and their calls; each module adds its own to the group."""
