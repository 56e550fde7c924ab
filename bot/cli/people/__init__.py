"""Commands on people who log in; each module adds its own to a group."""
