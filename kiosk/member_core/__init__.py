"""The cooperative's core as the kiosk sees it: who a member is, what is owed, what was posted."""
