"""Orders hidden in posts and documents, and a model that obeys them: what comes of it. `python -m benchmarks.injections`."""
