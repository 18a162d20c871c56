"""Reading Chinese text: script, segmentation, numbers and dates, phrases of time, masking of personal data. Pure functions; imports nothing of ours."""
