"""Writes about bids: drafts, partners, submissions, keys, openings, admissions; each is one act with one event."""
