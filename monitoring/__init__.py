"""A machine watches: items, filtering, near-duplicates, events, attitude, lines, places, grading, statistics."""
