"""Reads about bids: drafts with their code, receipts, keys, openings, what came out of the envelopes."""
