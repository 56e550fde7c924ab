"""The web process: gunicorn around an application."""
