"""The decision: recommended, approved, made into documents, sent, and kept."""
