"""JSON in and out of frozen dataclasses, strictly: the type hints are the format."""
