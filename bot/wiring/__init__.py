"""The one place where processes are put together.

Each process loads only what it needs: one module of these, and in it what only one of
them does is imported inside the function that builds it.
"""
