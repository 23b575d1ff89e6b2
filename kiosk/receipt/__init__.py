"""Receipts: what they say (document), how that is proved (code), and how it reaches paper or a file."""
