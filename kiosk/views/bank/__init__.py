"""The bank's own page, and what stands around it."""
