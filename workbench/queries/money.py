"""What the money of a tender comes to, in the sentences that the command line and the pages share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lots.funding import CertaintySummary, Funding, FundingSource, Reconciliation, small
from lots.funding_checks import Stack
from lots.lot import Lot
from lots.placement import Placement
from lots.words import listed
from scoring.figures import Rounding

_TWO = Rounding(2)


def spent_on(source: FundingSource, titles: Mapping[str, str]) -> str:
    """Say where a source's money may be spent: lots by their titles, or any."""
    fence = tied_to(source)
    if not fence:
        return "any"
    free = not source.ring_fenced_to and any(not line.lot for line in source.lines)
    return f"{listed(titles.get(lot, lot) for lot in fence)}{' in part, else any' if free else ''}"


def tied_to(source: FundingSource) -> tuple[str, ...]:
    """Return the lots (ids) that a source, or a part of it, is tied to; none where all may be spent on any."""
    return source.ring_fenced_to or tuple(dict.fromkeys(line.lot for line in source.lines if line.lot))


def balance_sentence(balance: Stack) -> str:
    """Say what comes in and what the lots need in a year."""
    return f"Income of {balance.income} and lots of {balance.budgets} in year {balance.year}."


def reconciled_sentence(row: Reconciliation) -> str:
    """Say whether the lines of a printed total add up to it, and by how much they do not."""
    if not row.difference:
        return f"“{row.title}” is printed as {row.printed}, and its lines add up to that."
    more = "more" if row.difference.pence > 0 else "less"
    apart = small(abs(row.difference))
    return f"“{row.title}” is printed as {row.printed}; its lines add up to {row.computed}: {apart} {more}."


def placed_sentences(funding: Funding, lots: Sequence[Lot], placed: Placement) -> Iterator[str]:
    """Say whether money that is tied can be placed, which lots and sources bind, and what each tied source pays for."""
    tied = {source.id: tied_to(source) for source in funding.sources}
    said = {source.id: source.title for source in funding.sources}
    titles = {lot.id: lot.title for lot in lots}
    for binding in (*placed.stranded, *placed.missing):
        yield binding.message
    rows = [it for it in placed.rows if it.lot in tied[it.source]]
    if placed.placeable and rows:
        where = listed(f"{it.amount} of {said[it.source]} on {titles[it.lot]}" for it in rows)
        yield f"All money tied to a lot can be spent there: {where}."
    if placed.fills_every_lot:
        yield f"Every lot gets its whole budget, and {small(placed.left)} is left over."


def certainty_sentence(sure: CertaintySummary) -> str:
    """Say how much of a year's income is sure."""
    share = sure.confirmed_share
    confirmed = "" if share is None else f" ({_TWO.text(100 * share)} %)"
    return (
        f"Of the income {sure.confirmed} is confirmed{confirmed}, {sure.expected} expected and {sure.at_risk} at risk."
    )
