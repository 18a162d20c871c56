"""Ways to read public posts; each implements `monitoring.post.PostSource`."""
