"""The WhatsApp LLM bot: what runs, from Twilio's webhook to the delivered answer."""
