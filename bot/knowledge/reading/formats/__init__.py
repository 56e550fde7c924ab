"""What each format's files say: `read(content, draft)` yields the blocks.

They run in the child alone; each module loads what its format needs, and no more.
"""
