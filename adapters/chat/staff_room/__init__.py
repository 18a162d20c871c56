"""网页值班室: the embedded chat platform, a page on localhost that behaves as a staff group."""
