"""How parts get to Twilio: the statements that move them, and what codes mean."""
