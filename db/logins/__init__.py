"""People who log in: invitations, sessions, second factors, and the audit."""
