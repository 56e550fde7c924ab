"""What asks Twilio by itself."""
