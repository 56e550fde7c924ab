"""Commands of broadcasts, and of who wants them."""
