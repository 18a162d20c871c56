"""拟稿: candidates by strategy and channel, every sentence with its provenance, unknown facts as open slots."""
