"""Tools that the bot brings itself: being reminded of something."""
