"""Sealing bids: age envelopes, keys wrapped for pairs of custodians, padding, bindings, receipts and checkpoints.

Knows neither pages nor tables nor the clock.
"""
