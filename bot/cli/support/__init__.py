"""Commands for people who step in; each module adds its own."""
