"""How the published limit on lots decided a lot, as the tenderer that came first in it and did not get it is told.

Only sums are compared, and lots named that this tenderer itself receives: nothing is said of any other loser.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from lots.split.flow import counted_together
from lots.words import counted, listed
from scoring.evaluation import BidResult, LotEvaluation
from scoring.limits.allocation import Allocation, LimitError, allocate
from scoring.recommendation import Evaluation, standings


@dataclass(frozen=True)
class Compared:
    """The sums of the totals of all lots awarded: as decided, and the greatest with this lot awarded to the reader.

    ``instead`` is None where the limit leaves no such award of as many lots.
    """

    decided: Fraction
    instead: Fraction | None
    lots: int


def titles_held(evaluation: Evaluation, own: BidResult) -> tuple[str, ...]:
    """Name the lots that a tenderer, or its group, receives."""
    groups = _groups(evaluation)
    mark = groups[own.tenderer.id]
    awards = evaluation.allocation.awards if evaluation.allocation else ()
    held = [award.lot for award in awards if award.tenderer and groups[award.tenderer] == mark]
    return tuple(evaluation.file.tender.lot(lot).title for lot in held)


def compared_sums(evaluation: Evaluation, lot: LotEvaluation, own: BidResult) -> Compared | None:
    """Work out both sums, under the rule that looks for the greatest; None under any other rule."""
    limit, decided = evaluation.file.lot_limit, evaluation.allocation
    if limit is None or decided is None or limit.rule != "greatest_total_score":
        return None
    other = _with_lot_to(evaluation, lot, own)
    awarded = sum(award.tenderer is not None for award in decided.awards)
    same = other is not None and sum(award.tenderer is not None for award in other.awards) == awarded
    gets = other is not None and any(
        award.lot == lot.lot.id and award.tenderer == own.tenderer.id for award in other.awards
    )
    return Compared(decided.total, other.total if other and same and gets else None, awarded)


def limit_told(evaluation: Evaluation, lot: LotEvaluation, own: BidResult, sums: Compared | None) -> str:
    """Say to a displaced tenderer, in a sentence or two, how the published rule took this lot from it."""
    held, limit = titles_held(evaluation, own), evaluation.file.lot_limit
    if sums is not None:
        return _sums_told(lot, sums, held)
    if limit is None or not held:
        return ""
    if limit.rule == "tenderer_preference":
        return (
            f"You were offered more than one tenderer may win. By the order of preference that you declared you keep "
            f"{listed(held)}, and this lot passed to the next-ranked tenderer."
        )
    return (
        f"When the turn of this lot came, in the published order, you had been awarded {listed(held)}, and this lot "
        "with it would have been more than one tenderer may win."
    )


def sums_shown(lot: LotEvaluation, sums: Compared) -> tuple[str, str, str]:
    """Write both sums and their difference as printed: to the published places, or two more where these do not add up.

    The last two are empty where the limit leaves no such award.
    """
    rounding = lot.methodology.rounding
    if sums.instead is None:
        return rounding.text(sums.decided), "", ""
    one, other, gap = (rounding.value(each) for each in (sums.decided, sums.instead, sums.decided - sums.instead))
    if one - other != gap:
        rounding = replace(rounding, places=rounding.places + 2)
        gap = rounding.value(sums.decided) - rounding.value(sums.instead)
    return rounding.text(sums.decided), rounding.text(sums.instead), rounding.text(gap)


def _sums_told(lot: LotEvaluation, sums: Compared, held: tuple[str, ...]) -> str:
    decided, instead, gap = sums_shown(lot, sums)
    first = f"As decided, the totals of the {counted(sums.lots, 'lot')} awarded add up to {decided}."
    if sums.instead is None:
        return f"{first} The limit leaves no way of awarding this lot to you and still awarding as many lots."
    yours = f"With this lot awarded to you{' in place of one of those you receive' if held else ''}, they"
    if sums.decided == sums.instead:
        return f"{first} {yours} would add up to the same; the published order of the lots then decides."
    return f"{first} {yours} could add up to {instead} at the most, which is {gap} less."


def _with_lot_to(evaluation: Evaluation, lot: LotEvaluation, own: BidResult) -> Allocation | None:
    """Apply the published rule once more with nobody else standing in this lot."""
    file = evaluation.file
    settled = [each for each in evaluation.lots if each.ranking.first is not None]
    field = [
        standing
        for each in settled
        for standing in standings(each)
        if each.lot.id != lot.lot.id or standing.tenderer == own.tenderer.id
    ]
    limit = file.lot_limit
    if limit is None:
        return None
    here = {each.lot.id for each in settled}
    try:
        return allocate(
            replace(limit, lot_order=tuple(each for each in limit.lot_order if each in here)),
            field,
            preferences={each.tenderer: each.lots for each in file.lot_preferences},
            capacity={each.tenderer: each.at_most for each in file.lot_preferences if each.at_most is not None},
            counts_as=_groups(evaluation),
        )
    except LimitError:
        return None


def _groups(evaluation: Evaluation) -> dict[str, str]:
    organisations = evaluation.file.organisations
    return dict(counted_together((each.id for each in organisations), {each.id: each for each in organisations}))
