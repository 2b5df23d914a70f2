"""Judging bids in the vocabulary of :mod:`lots`: criteria, prices, totals, ranking, limits, recommendation.

Everything that can reach a decision is exact: whole pence, ``Decimal`` built from text, ``Fraction`` in between.
"""
