"""The data attached to a decision document, and the recomputation of every number in it."""
