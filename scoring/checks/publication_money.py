"""Before publication: whether the money is there for the lots, year by year, or the difference is explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lots.errors import Finding, ProcurementError
from lots.funding import LONGEST_TERM
from lots.funding_checks import Stack, stack
from lots.money import ZERO
from lots.placement import place
from lots.tender import Tender


def money_findings(tender: Tender) -> Iterator[Finding]:
    """Say in which years the budgets exceed the income, and where ring-fenced money has nowhere to go."""
    if not tender.funding.sources:
        message = "No funding is entered: say whose money pays for the lots, and until when"
        yield Finding("funding_missing", message, "tender.funding.sources", "warning")
        return
    try:
        yield from _years(tender)
        yield from _placed(tender)
    except ProcurementError:  # an amount below nought, which the check of the file tells
        return


def _years(tender: Tender) -> Iterator[Finding]:
    last = min(max((1, *(lot.years for lot in tender.lots))), LONGEST_TERM)
    known = {line.year for source in tender.funding.sources for line in source.lines}
    books = [stack(tender.funding, tender.lots, year) for year in range(1, last + 1)]
    short = [book for book in books if book.difference < ZERO and book.year in known]
    if short:
        yield _short(tender, short)
    first = books[0]
    if first.difference > ZERO:
        yield from (replace(finding, place="tender.funding") for finding in first.findings)
    bare = [book.year for book in books if book.year not in known and book.budgets]
    if bare:
        message = (
            f"No income is entered for year {bare[0]}{f' to {bare[-1]}' if len(bare) > 1 else ''} of the contracts: "
            "the break clauses must cover what is not yet promised"
        )
        yield Finding("income_not_known", message, "tender.funding.sources", "note")


def _short(tender: Tender, short: list[Stack]) -> Finding:
    """Warn of the years in which the lots exceed the income; a note where the tender explains the difference."""
    worst = min(short, key=lambda book: book.difference)
    years = f"year {short[0].year}" if len(short) == 1 else f"{len(short)} years from year {short[0].year} on"
    figures = (("difference", worst.difference.plain()), ("year", str(worst.year)))
    says = f"In {years} the lots’ budgets exceed the income, by {-worst.difference} in year {worst.year}"
    if tender.funding_note.strip():
        says = f"{says}. Explained: {tender.funding_note}"
        return Finding("lots_over_income", says, "tender.funding_note", "note", figures)
    message = f"{says}: find the money, lower a budget, or explain the difference"
    return Finding("lots_over_income", message, "tender.funding_note", "warning", figures)


def _placed(tender: Tender) -> Iterator[Finding]:
    for finding in place(tender.funding, tender.lots).findings:
        yield replace(finding, place="tender.funding", severity="warning")
