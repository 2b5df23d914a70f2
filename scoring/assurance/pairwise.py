"""The chance that one bid beats another if every set of weights were as likely as any other: exact, for every pair.

Weights drawn evenly are independent waiting times in proportion: bid i beats j when the waits for the criteria where it
leads outlast those where it trails. The stage that ends first is a race between two waits, which gives the recursion.
"""

from __future__ import annotations

import numpy as np

from scoring.assurance.basis import Floats


def pairwise(x: Floats) -> Floats:
    """Return the chance that each bid (row) beats each other (column); a half where two are alike."""
    bids = len(x)
    one, other = np.triu_indices(bids, 1)
    chances = np.full((bids, bids), 0.5)
    if len(one):
        chances[one, other] = beats(x[one] - x[other])
        chances[other, one] = 1 - chances[one, other]
    return chances


def beats(lead: Floats) -> Floats:
    """Return for each row of leads the chance that its weighted sum is above nought.

    ``G(j, k)`` is the chance with k leads and j trails still running; a lead of size x outlasts a trail of size y with
    chance x ÷ (x + y). Rows are padded with noughts, which end at once.
    """
    ahead = -np.sort(-np.maximum(lead, 0), axis=1)
    behind = -np.sort(-np.maximum(-lead, 0), axis=1)
    leads = int((ahead > 0).sum(axis=1).max(initial=0))
    trails = int((behind > 0).sum(axis=1).max(initial=0))
    up, down = ahead[:, :leads].T, behind[:, :trails].T
    some_up = np.vstack([np.zeros((1, len(lead)), dtype=bool), np.cumsum(up > 0, axis=0) > 0])
    row = np.where(some_up, 1.0, 0.5)
    for y in down:
        total = up + y
        lasting = np.divide(up, total, out=np.zeros_like(up), where=total > 0)
        below = np.where(y > 0, 0.0, row[0])
        after = np.empty_like(row)
        after[0] = below
        for k in range(1, leads + 1):
            after[k] = after[k - 1] + lasting[k - 1] * (row[k] - after[k - 1])
        row = after
    return np.asarray(row[leads])
