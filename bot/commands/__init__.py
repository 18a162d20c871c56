"""What staff can order, in words or by a button: the grammar, who may, and what happens."""
