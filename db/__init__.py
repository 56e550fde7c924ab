"""The store: records, PostgreSQL and memory behind one protocol, and the queue."""
