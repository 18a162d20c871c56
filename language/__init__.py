"""Reading Chinese text: script, words, numbers, dates, phrases of time, masking of personal data. Pure; imports nothing of ours."""
