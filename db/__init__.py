"""The store: records, PostgreSQL and memory behind one protocol, and the queue."""

__version__ = "0.1.0"
