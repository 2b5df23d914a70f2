"""Reads about the result and the decision: lots, assurance, the paper, documents, standstill."""
