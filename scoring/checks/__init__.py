"""The meaning of a tender file, checked part by part: every finding with its place in the file."""
