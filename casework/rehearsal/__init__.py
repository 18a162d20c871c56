"""预演: how an angry citizen and a journalist would read a reply before it goes out, and what to add."""
