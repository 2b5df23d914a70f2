"""``workbench headroom``: what is left under each lot's maximum potential spend after every uplift."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.errors import Finding, errors_in
from lots.gateways import Yardstick
from lots.headroom import Ledger, LedgerRow, ledger
from lots.lot import Lot
from lots.money import Money
from workbench.commands.common import FILE, REFUSED, Command, Day, json_option, known, load, vat_option
from workbench.output import emit, findings_data, heading, number, print_findings, print_table, say, short
from workbench.queries.worth import threshold_of

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile


@click.command("headroom", cls=Command)
@click.argument("file", type=FILE)
@click.option("--lot", "lot_id", metavar="ID", help="Only this lot.")
@click.option("--awarded", metavar="AMOUNT", help="The contract's value as awarded (needs --lot); else its base value.")
@click.option("--on", type=Day(), help="The day whose threshold counts; else the day the procurement commenced.")
@vat_option
@json_option
def headroom(
    file: Path, lot_id: str | None, awarded: str | None, on: date | None, vat_percent: Fraction | None, as_json: bool
) -> None:
    """What is left under the maximum potential spend of each lot in FILE, uplift by uplift.

    Every uplift is put to the ceiling and to the legal gateway it names. Exit status 1 when one breaks a limit.
    """
    tender, notes = load(file, whole=False)
    lots = chosen(tender, lot_id)
    if awarded is not None and lot_id is None:
        raise click.UsageError("--awarded is the value of one contract: name its lot with --lot.")
    initial = None if awarded is None else Money.parse(awarded)
    measure = yardstick(tender, on, vat_percent)
    books = [book(tender, lot, measure, initial) for lot in lots]
    findings = (*notes, *(it for each in books for it in each.findings))
    if as_json:
        emit({"lots": [as_data(each) for each in books], "findings": findings_data(findings)})
    else:
        for each in books:
            show(each, tender.tender.vat.words)
        if not books:
            say("No lot is tendered for as a contract: there is no headroom to tell.")
    if errors_in(findings):
        raise click.exceptions.Exit(REFUSED)


def chosen(tender: TenderFile, lot_id: str | None) -> tuple[Lot, ...]:
    """Choose the lot asked for, or every lot that is tendered for as a contract."""
    if lot_id is None:
        return tender.tender.contract_lots
    known("lot", lot_id, (lot.id for lot in tender.tender.lots))
    return (tender.tender.lot(lot_id),)


def yardstick(tender: TenderFile, on: date | None, vat_percent: Fraction | None) -> Yardstick:
    """Measure the lots of this tender by the threshold of a day; without one, of the day it commenced."""
    row = threshold_of(tender, on)
    return Yardstick(row.amount, row.vat, tender.tender.vat, vat_percent)


def book(tender: TenderFile, lot: Lot, measure: Yardstick, initial: Money | None) -> Ledger:
    """Draw a lot's ledger; its place is the lot's path in the file."""
    number_ = [it.id for it in tender.tender.lots].index(lot.id)
    sources = frozenset(source.id for source in tender.tender.funding.sources)
    place = f"tender.lots[{number_}]"
    return ledger(lot, tender.tender.regime, measure, initial=initial, sources=sources or None, place=place)


# --- what is printed ----------------------------------------------------------------------------------------


def show(found: Ledger, vat: str) -> None:
    """Print a lot's ledger: the three figures, every uplift with what it leaves, then what is wrong."""
    heading(f"{found.lot}: {found.title}")
    say(f"{found.position} Amounts are {vat}.")
    say()
    rows = [("", "Contract value", "", str(found.original), str(found.maximum - found.original), "")]
    rows += [_row(row) for row in found.rows]
    print_table(("Decided", "What", "Uplift", "Committed", "Headroom", ""), rows, "llrrrl")
    say()
    left = "" if found.percent_left is None else f" ({short(found.percent_left)} % of what there was at first)"
    say(f"Maximum potential spend {found.maximum}; committed {found.committed}; headroom {found.headroom}{left}.")
    for row in found.rows:
        for test in row.tests:
            say(f"Uplift {row.uplift.id}: {test.sentence}", indent=2)
    print_findings(found.findings)


def _row(row: LedgerRow) -> tuple[str, str, str, str, str, str]:
    verdict = "BROKEN" if errors_in(row.findings) else "kept"
    what = f"{row.uplift.id}: {row.gateway}"
    day = row.uplift.decided_on.isoformat()
    return day, what, str(row.uplift.amount), str(row.committed), str(row.headroom), verdict


def as_data(found: Ledger) -> dict[str, object]:
    """Turn a lot's ledger into JSON: money as texts, uplifts by the day they were decided."""
    return {
        "lot": found.lot,
        "regime": found.regime.value,
        "original": found.original.plain(),
        "reference": found.reference.plain(),
        "maximum_potential_spend": found.maximum.plain(),
        "drawn": found.drawn.plain(),
        "committed": found.committed.plain(),
        "headroom": found.headroom.plain(),
        "percent_left": number(found.percent_left),
        "uplifts": [_row_data(row) for row in found.rows],
        "findings": findings_data(found.findings),
    }


def _row_data(row: LedgerRow) -> dict[str, object]:
    tests = [
        {
            "code": test.code,
            "value": test.value.plain(),
            "limit": None if test.limit is None else test.limit.plain(),
            "passed": test.passed,
            "sentence": test.sentence,
        }
        for test in row.tests
    ]
    findings: list[Finding] = list(row.findings)
    return {
        "id": row.uplift.id,
        "decided_on": row.uplift.decided_on.isoformat(),
        "gateway": row.uplift.gateway,
        "amount": row.uplift.amount.plain(),
        "committed": row.committed.plain(),
        "headroom": row.headroom.plain(),
        "tests": tests,
        "findings": findings_data(findings),
    }
