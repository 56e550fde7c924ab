"""Answers judged: the past run anew, cases, scores, and what is learned from them.

It feeds answering and is fed by it. Nothing here sends a message or calls a tool.
"""
