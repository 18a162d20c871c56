"""Questions of staff in plain words: what they ask for, and the answer with what it was taken from."""
