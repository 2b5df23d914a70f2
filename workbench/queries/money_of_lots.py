"""The money that a price formula is fitted to: the budget of the lots that a methodology judges, over their term."""

from __future__ import annotations

from lots.lot import Lot
from lots.money import Money
from workbench.queries.outlook import lots_of
from workbench.queries.tenders import Draft

EXAMPLE = Money.pounds(1_000_000)
"""What examples are worked with while no lot has a budget and a term yet."""


def budget_of(draft: Draft, lot_ids: tuple[str, ...]) -> Money:
    """Return the budget over the term of the first of these lots that has one, or the example's."""
    found = (over_the_term(lot) for lot in lots_of(draft) if lot.id in lot_ids)
    return next((budget for budget in found if budget >= Money.pounds(100)), EXAMPLE)


def over_the_term(lot: Lot) -> Money:
    """Return what a lot may cost over its term: its annual budgets, but never more than its base value."""
    years = lot.annual_budget * lot.years
    return min(years, lot.base_value) if lot.base_value else years
