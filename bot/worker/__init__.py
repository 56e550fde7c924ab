"""The worker process, and what it works on."""
