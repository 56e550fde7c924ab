"""Logging in and out: passwords, codes, invitations, and one's own account."""
