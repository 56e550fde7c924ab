"""The queue (procrastinate), and how its workers are woken."""
