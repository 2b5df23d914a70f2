"""Reads about the panel's work: interests, work lists, sheets, moderation, and the whole record as one tender file."""
