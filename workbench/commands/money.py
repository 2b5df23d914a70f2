"""What the money of a tender comes to in one contract year: sentences, tables and JSON for ``funding`` and ``demo``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lots.funding import Funding, FundingSource, Reconciliation, small
from lots.funding_checks import Cliff, Stack
from lots.lot import Lot
from lots.money import total
from lots.placement import Placement
from lots.words import listed
from workbench.output import print_table

# --- for people ---------------------------------------------------------------------------------------------


def show_sources(funding: Funding, lots: Sequence[Lot], year: int = 1) -> None:
    """Print every source: what it gives in a contract year, where that may be spent, how sure it is, until when."""
    titles = {lot.id: lot.title for lot in lots}
    rows = []
    for source in funding.sources:
        given = total(line.amount for line in source.lines if line.year == year)
        until = source.expires.isoformat() if source.expires else ""
        rows.append([source.title, str(given), _spent_on(source, titles), source.certainty.replace("_", " "), until])
    print_table(("Source", f"Year {year}", "May be spent on", "Certainty", "Until"), rows, "lr")


def _spent_on(source: FundingSource, titles: Mapping[str, str]) -> str:
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


# --- for programs -------------------------------------------------------------------------------------------


def printed_data(rows: Sequence[Reconciliation]) -> list[dict[str, object]]:
    """Turn printed totals beside the sums of their lines into JSON."""
    return [
        {
            "title": it.title,
            "printed": it.printed.plain(),
            "computed": it.computed.plain(),
            "difference": it.difference.plain(),
        }
        for it in rows
    ]


def cliff_data(cliff: Cliff) -> dict[str, object]:
    """Turn what goes when sources end into JSON; ``gap`` is negative where money is left."""
    return {
        "sources": list(cliff.ended),
        "lost": cliff.lost.plain(),
        "gap": cliff.gap.plain(),
        "lots": {row.lot: {"before": row.before.plain(), "after": row.after.plain()} for row in cliff.lots},
    }


def placement_data(placed: Placement) -> dict[str, object]:
    """Turn one way to place the money into JSON, with every set of sources and lots that does not close."""
    return {
        "placeable": placed.placeable,
        "fills_every_lot": placed.fills_every_lot,
        "placed": placed.placed.plain(),
        "left": placed.left.plain(),
        "rows": [{"source": it.source, "lot": it.lot, "amount": it.amount.plain()} for it in placed.rows],
        "bindings": [
            {
                "kind": it.kind,
                "sources": list(it.sources),
                "lots": list(it.lots),
                "money": it.money.plain(),
                "budgets": it.budgets.plain(),
                "amount": it.amount.plain(),
            }
            for it in (*placed.stranded, *placed.missing)
        ],
    }
