"""How the command line says what the whole procurement is worth: a table and sentences, or JSON."""

from __future__ import annotations

from lots.words import listed
from workbench.output import print_table, say
from workbench.queries.worth import VAT_DECIDES, Worth


def show_worth(worth: Worth) -> None:
    """Print what each contract lot is worth, their sum against the threshold, and which lots are not counted."""
    value = worth.value
    rows = [[it.title, *map(str, (it.annual, it.initial, it.full, it.estimate))] for it in value.rows]
    if len(rows) > 1:
        sums = (value.annual, value.initial, value.full, value.estimate)
        rows.append(["Together", *map(str, sums)])
    if rows:
        print_table(("Lot", "A year", "Initial years", "Every year", "Estimate"), rows, "lrrrr")
        say(f"Amounts are {value.vat.words}; an estimate is the most that could be paid, options included.")
        say()
    for sentence in _sentences(worth):
        say(sentence)
    if worth.others:
        routes = listed(f"{lot.title} ({lot.route.replace('_', ' ')})" for lot in worth.others)
        say(f"Not counted, because not tendered for as a contract: {routes}.")


def _sentences(worth: Worth) -> list[str]:
    """Say where VAT decides which option tells its rate."""
    return [
        each.replace(f"{VAT_DECIDES}.", f"{VAT_DECIDES}: give the rate with --vat-percent.") for each in worth.sentences
    ]


def worth_data(worth: Worth) -> dict[str, object]:
    """Turn the estimate into JSON; ``reaches`` is null where there is nothing to compare or VAT decides."""
    value, row = worth.value, worth.row
    return {
        "estimate": value.estimate.plain(),
        "vat": value.vat.value,
        "lots": {
            it.lot: {
                "annual": it.annual.plain(),
                "initial": it.initial.plain(),
                "full": it.full.plain(),
                "estimate": it.estimate.plain(),
            }
            for it in value.rows
        },
        "not_counted": [lot.id for lot in worth.others],
        "threshold": row
        and {"kind": row.kind.value, "amount": row.amount.plain(), "vat": row.vat.value, "source": row.source},
        "threshold_compared": worth.comparable and worth.comparable.plain(),
        "reaches": worth.reaches,
        "sentences": _sentences(worth),
    }
