"""What the money of a tender comes to in one contract year: sentences, tables and JSON for ``funding`` and ``demo``."""

from __future__ import annotations

from collections.abc import Sequence

from lots.funding import Funding, Reconciliation
from lots.funding_checks import Cliff
from lots.lot import Lot
from lots.money import total
from lots.placement import Placement
from workbench.output import print_table
from workbench.queries.money import spent_on

# --- for people ---------------------------------------------------------------------------------------------


def show_sources(funding: Funding, lots: Sequence[Lot], year: int = 1) -> None:
    """Print every source: what it gives in a contract year, where that may be spent, how sure it is, until when."""
    titles = {lot.id: lot.title for lot in lots}
    rows = []
    for source in funding.sources:
        given = total(line.amount for line in source.lines if line.year == year)
        until = source.expires.isoformat() if source.expires else ""
        rows.append([source.title, str(given), spent_on(source, titles), source.certainty.replace("_", " "), until])
    print_table(("Source", f"Year {year}", "May be spent on", "Certainty", "Until"), rows, "lr")


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
