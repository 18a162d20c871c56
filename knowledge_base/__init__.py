"""What replies may rest on: policy documents in versions with their validity, clauses, past cases, and how they come in."""
