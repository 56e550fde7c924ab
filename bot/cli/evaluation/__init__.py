"""Commands that run the past anew and judge it; each module adds its own."""
