"""``workbench funding``: whether the money adds up, can be spent as it is tied, and what its ends would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.errors import Finding, errors_in
from lots.funding import (
    LONGEST_TERM,
    CertaintySummary,
    Funding,
    FundingSource,
    Reconciliation,
    TermError,
    certainty,
    parcels,
    reconcile,
)
from lots.funding_checks import Cliff, Expiry, Stack, expiries, fall_away, funding_findings, stack
from lots.lot import Lot
from lots.money import total
from lots.placement import Placement, place
from lots.words import counted
from workbench.commands.common import FILE, REFUSED, Command, json_option, load, vat_option
from workbench.commands.money import cliff_data, placement_data, printed_data, show_sources
from workbench.commands.worth import show_worth, worth_data
from workbench.output import bullet, emit, findings_data, heading, number, print_findings, print_table, say
from workbench.queries.money import balance_sentence, certainty_sentence, placed_sentences, reconciled_sentence
from workbench.queries.worth import Worth, worth_of

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile

_TOLD = {  # findings whose sentences the text says in their place
    "printed_total_differs",
    "lots_over_income",
    "income_unallocated",
    "lot_cannot_be_filled",
    "source_expires_early",
}


@dataclass(frozen=True)
class Outlook:
    """The money of one contract year: the stack, its sums, where it can be placed, and what ends when."""

    funding: Funding
    lots: tuple[Lot, ...]
    year: int
    balance: Stack
    sure: CertaintySummary
    reconciled: tuple[Reconciliation, ...]
    placed: Placement
    ends: tuple[Cliff, ...]
    expired: tuple[Expiry, ...]
    worth: Worth
    findings: tuple[Finding, ...]


@click.command("funding", cls=Command)
@click.argument("file", type=FILE)
@click.option("--without", metavar="SOURCE", multiple=True, help="End this source (its id); repeat to end a set.")
@click.option("--year", type=click.IntRange(1, LONGEST_TERM), default=1, show_default=True, help="The contract year.")
@vat_option
@json_option
def funding(file: Path, without: tuple[str, ...], year: int, vat_percent: Fraction | None, as_json: bool) -> None:
    """What the money behind the lots of FILE comes to in a contract year, and how long it lasts.

    Printed totals against sums to the penny, whether money tied to a lot can be spent there, what falls away and where
    when sources end, how sure the income is, and the estimate of the whole procurement against the threshold. Exit
    status 1 when money cannot be placed as it is tied, or the funding holds another error.
    """
    tender, notes = load(file, whole=False)
    longest = max((lot.years for lot in tender.tender.lots), default=0)
    if longest and year > longest:
        raise TermError(f"The longest contract runs for {counted(longest, 'year')}: name a year from 1 to {longest}")
    found = outlook(tender, notes, frozenset(without), year, vat_percent)
    if as_json:
        emit(as_data(found))
    else:
        show(tender, found, bool(without))
    if errors_in(found.findings):
        raise click.exceptions.Exit(REFUSED)


def outlook(
    tender: TenderFile,
    notes: Sequence[Finding] = (),
    without: frozenset[str] = frozenset(),
    year: int = 1,
    vat_percent: Fraction | None = None,
) -> Outlook:
    """Work out the money of a contract year; ``without`` are sources that end together, else each ends by itself."""
    money, lots = tender.tender.funding, tender.tender.lots
    balance, printed, placed = stack(money, lots, year), reconcile(money, year), place(money, lots, year)
    sets = [without] if without else [frozenset({source.id}) for source in money.sources]
    ends = tuple(fall_away(money, lots, ended, year) for ended in dict.fromkeys(sets))
    worth = worth_of(tender, vat_percent)
    first = {it for row in reconcile(money) for it in row.findings}
    here = [it for it in funding_findings(money, lots) if it not in first]
    here += [*balance.findings, *(it for row in printed for it in row.findings), *placed.findings]
    findings = (*notes, *(replace(it, place=f"tender.{it.place}") for it in here), *worth.findings)
    sure, ending = certainty(money, year), expiries(money, lots)
    return Outlook(money, lots, year, balance, sure, printed, placed, ends, ending, worth, findings)


# --- what is printed ----------------------------------------------------------------------------------------


def show(tender: TenderFile, found: Outlook, together: bool) -> None:
    """Print the outlook, question by question, then what is wrong."""
    say(f"{tender.tender.title}, {tender.tender.buyer.name}: contract year {found.year}")
    if found.funding.sources:
        _show_stack(found)
        _show_lots(found)
        _show_ends(found, together)
    else:
        say("The file names no source of money.")
    heading("The whole procurement against the threshold")
    show_worth(found.worth)
    left = [it for it in found.findings if it.code not in _TOLD and it not in found.worth.findings]
    if left:
        heading("Findings")
        print_findings(left)


def _show_stack(found: Outlook) -> None:
    heading("The money")
    show_sources(found.funding, found.lots, found.year)
    say()
    bullet(balance_sentence(found.balance))
    for finding in found.balance.findings:
        bullet(finding.message)
    bullet(certainty_sentence(found.sure))
    for row in found.reconciled:
        bullet(reconciled_sentence(row))
    for source in found.funding.sources:
        if source.condition:
            bullet(f"{source.title}: {source.condition}")


def _show_lots(found: Outlook) -> None:
    heading("What is tied to which lot, and whether it can be spent there")
    rows = [[it.title, *map(str, (it.budget, it.tied, it.needed))] for it in found.balance.rows]
    print_table(("Lot", "Budget", "Tied to it alone", "Needed beyond that"), rows, "lrrr")
    say()
    bullet(f"{found.balance.free} may be spent on several lots, or on any.")
    for sentence in placed_sentences(found.funding, found.lots, found.placed):
        bullet(sentence)


def _show_ends(found: Outlook, together: bool) -> None:
    heading("When these sources end" if together else "When a source ends")
    for cliff in found.ends:
        for sentence in cliff.sentences if together else (" ".join(cliff.sentences),):
            bullet(sentence)
    heading("Sources that end before the contracts do")
    early = [it.message for it in found.findings if it.code == "source_expires_early"]
    for sentence in early or ["None."]:
        bullet(sentence)


# --- for programs -------------------------------------------------------------------------------------------


def as_data(found: Outlook) -> dict[str, object]:
    """Turn the outlook into JSON: money as texts, sources and lots in the order of the file."""
    sure = found.sure
    return {
        "year": found.year,
        "income": found.balance.income.plain(),
        "sources": [_source_data(source, found) for source in found.funding.sources],
        "lots": _lots_data(found.balance),
        "certainty": {
            "confirmed": sure.confirmed.plain(),
            "expected": sure.expected.plain(),
            "at_risk": sure.at_risk.plain(),
            "confirmed_share": number(sure.confirmed_share),
        },
        "printed_totals": printed_data(found.reconciled),
        "placement": placement_data(found.placed),
        "ends": [{**cliff_data(cliff), "sentences": list(cliff.sentences)} for cliff in found.ends],
        "expiries": [_expiry_data(it) for it in found.expired],
        "estimate": worth_data(found.worth),
        "findings": findings_data(found.findings),
    }


def _source_data(source: FundingSource, found: Outlook) -> dict[str, object]:
    mine = [it for it in parcels(found.funding, found.year) if it.source == source.id]
    return {
        "source": source.id,
        "title": source.title,
        "funder": source.funder,
        "amount": total(it.amount for it in mine).plain(),
        "only": [{"lots": list(it.only), "amount": it.amount.plain()} for it in mine if it.only],
        "certainty": source.certainty,
        "expires": source.expires and source.expires.isoformat(),
        "uplift": source.uplift,
        "condition": source.condition,
    }


def _lots_data(balance: Stack) -> dict[str, object]:
    rows = [
        {
            "lot": it.lot,
            "title": it.title,
            "budget": it.budget.plain(),
            "tied": it.tied.plain(),
            "needed": it.needed.plain(),
            "over": it.over.plain(),
        }
        for it in balance.rows
    ]
    sums = {name: getattr(balance, name).plain() for name in ("budgets", "tied", "free", "stranded", "difference")}
    return {"rows": rows, **sums}


def _expiry_data(it: Expiry) -> dict[str, object]:
    return {
        "source": it.source,
        "certainty": it.certainty,
        "expires": it.expires.isoformat(),
        "contract_end": it.contract_end.isoformat(),
        "a_year": it.a_year.plain(),
        "years_without": list(it.years_without),
    }
