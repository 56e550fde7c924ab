"""Reading what is stored: for commands and pages, never on the hot road."""
