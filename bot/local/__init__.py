"""What `make run` adds: all that is not configured, on this machine."""
