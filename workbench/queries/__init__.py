"""Reads: rows, values, or a frozen value made for a page."""
