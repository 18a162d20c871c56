"""Language models and embedders outside; they implement the ports of `retrieval.model`."""
