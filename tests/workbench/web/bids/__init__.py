"""Tests of the pages of bids."""
