"""How an answer was made, kept with it, so that it can be explained."""
