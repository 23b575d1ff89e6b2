"""Reading aloud: the voice, and how what stands on the screen is put for the ear. No Qt in here."""
