"""A terminal's first settings: what is asked, the commented file and its secrets, a trial payment."""
