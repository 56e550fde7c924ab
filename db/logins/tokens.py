"""Words that let somebody in: shown once, and stored as what can't be turned back."""

import hashlib
import secrets


def new_token() -> str:
    """Return a word of 256 random bits, fit for links and cookies."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Return what is stored of it. It is random: a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
