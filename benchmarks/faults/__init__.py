"""Clean replies and ways to spoil them, for `benchmarks.planted_faults`."""
