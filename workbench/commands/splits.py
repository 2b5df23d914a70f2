"""``workbench check-split``: every rule of a lot put to every bid's split, and the smallest move that mends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exports.opening import opened
from lots.bid import Bid
from lots.errors import Finding
from lots.lot import Lot
from lots.split.check import check_split as checked
from lots.split.fixes import Mended, mend_all, mends
from lots.split.moves import Mend
from lots.split.report import ConfirmationFigure, RuleFigure, RuleLine, SplitReport
from lots.words import counted
from workbench.commands.common import FILE, REFUSED, Command, json_option, known, load
from workbench.output import bullet, emit, findings_data, heading, number, print_findings, print_table, say, short

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile

TITLES = {
    "shares_add_up": "Shares add up to the price",
    "lead_retention_maximum": "What the lead keeps, fee included",
    "provider_maximum": "What any single provider holds",
    "management_fee_maximum": "The management fee",
    "subcontract_minimum": "Passed on outside the lead's group",
    "vcse_minimum": "To VCSE partners",
    "by_and_for_minimum": "To by-and-for partners",
    "no_top_slice": "Kept back from partners",
    "no_money_back": "Money flowing back",
    "partners_confirmed": "Partners have confirmed",
}
_AT_MOST = {"maximum": "at most", "minimum": "at least", "equal": "exactly"}


@dataclass(frozen=True)
class Checked:
    """One bid's report with the smallest mend of each broken rule, and of all of them together."""

    bid: Bid
    lot: Lot
    report: SplitReport
    fixes: tuple[Mend, ...]
    together: Mended | None


@click.command("check-split", cls=Command)
@click.argument("file", type=FILE)
@click.option("--lot", "lot_id", metavar="ID", help="Only the bids for this lot.")
@click.option("--bid", "bid_id", metavar="ID", help="Only this bid.")
@json_option
def check_split(file: Path, lot_id: str | None, bid_id: str | None, as_json: bool) -> None:
    """Each bid's collaboration split in FILE against the published rules of its lot.

    Shows every rule with its limit, the figure, what is left, and the year that binds; then the smallest fix. The
    file needs no scores: a tenderer may check a split before bidding. Exit status 1 when any bid breaks a rule.
    """
    tender, notes = load(file, whole=False)
    bids, strangers = chosen(tender, lot_id, bid_id)
    shut = [bid for bid in bids if _is_closed(tender, bid)]
    found = [check(tender, bid) for bid in bids if bid not in shut]
    findings = (*notes, *strangers, *(it for each in found for it in placed(each)))
    compliant = not strangers and all(each.report.compliant for each in found)
    if as_json:
        emit({
            "compliant": compliant,
            "bids": [as_data(each) for each in found],
            "not_opened": [bid.id for bid in shut],
            "findings": findings_data(findings),
        })  # fmt: skip
    else:
        for each in found:
            show(each)
        print_findings(strangers)
        say()
        for bid in shut:
            who = tender.organisation(bid.tenderer).name
            say(f"{bid.id}: {who} was late or withdrawn, so it was not opened and there is no split to check.")
        if found or not shut:
            say(_verdict(found))
    if not compliant:
        raise click.exceptions.Exit(REFUSED)


def chosen(tender: TenderFile, lot_id: str | None, bid_id: str | None) -> tuple[list[Bid], tuple[Finding, ...]]:
    """Choose the bids asked for; those for a lot that the tender does not have come back as findings."""
    lots = {lot.id for lot in tender.tender.lots}
    if lot_id is not None:
        known("lot", lot_id, sorted(lots))
    if bid_id is not None:
        known("bid", bid_id, sorted(bid.id for bid in tender.bids))
    bids = [bid for bid in tender.bids if lot_id in (None, bid.lot) and bid_id in (None, bid.id)]
    if lot_id is not None and bid_id is not None and not bids:
        raise click.UsageError(f"Bid “{bid_id}” is not for lot “{lot_id}”.")
    message = "The bid is for a lot “{}” that the tender does not have: correct it"
    strange = [Finding("bid_lot", message.format(it.lot), f"bid {it.id}") for it in bids if it.lot not in lots]
    return [bid for bid in bids if bid.lot in lots], tuple(strange)


def _is_closed(tender: TenderFile, bid: Bid) -> bool:
    """Say whether a bid was never opened, so that nobody knows its figures."""
    return not (bid.prices or bid.split or opened(bid, tender.tender.deadline))


def check(tender: TenderFile, bid: Bid) -> Checked:
    """Check one bid against its lot's rules and look for the smallest mends."""
    lot = tender.tender.lot(bid.lot)
    organisations = {organisation.id: organisation for organisation in tender.organisations}
    report = checked(bid, lot.collaboration, organisations, years=lot.years or None)
    if report.compliant:
        return Checked(bid, lot, report, (), None)
    return Checked(bid, lot, report, mends(report), mend_all(bid, lot.collaboration, organisations))


def placed(each: Checked) -> tuple[Finding, ...]:
    """Return a bid's findings, each with the bid as its place where it has none."""
    return tuple(it if it.place else replace(it, place=f"bid {each.bid.id}") for it in each.report.findings)


def _verdict(found: list[Checked]) -> str:
    broken = [each.bid.id for each in found if not each.report.compliant]
    if not found:
        return "There is no bid to check."
    if not broken:
        return "The bid keeps every rule." if len(found) == 1 else f"All {len(found)} bids keep every rule."
    return f"{len(broken)} of {len(found)} bids break a rule: {', '.join(broken)}."


# --- for people ---------------------------------------------------------------------------------------------


def show(each: Checked) -> None:
    """Print one bid: its rules in the year that binds, who holds what, what is broken and the smallest fix."""
    report = each.report
    name = _name(report, each.bid.tenderer)
    heading(f"{each.bid.id}: {name}, {each.lot.title}, {each.bid.price} over {counted(len(each.bid.prices), 'year')}")
    if report.figures:
        print_table(
            ("Rule", "Limit", "That is", "Actual", "Share", "Left", "Year", ""),
            [_row(figure) for figure in report.figures],
            "lrlrrrrl",
        )
        say()
    else:
        say("The lot has no collaboration rules.")
    if report.holdings:
        holdings = [[_name(report, it.organisation), str(it.term), _percent(it.percents[-1])] for it in report.holdings]
        print_table(("Holds over the term", "Amount", "Share"), holdings, "lrr")
    if report.findings:
        say()
    print_findings(placed(each))
    for fix in each.fixes:
        bullet(f"Smallest fix: {fix.sentence}")
    if each.together is not None and len(each.fixes) > 1:
        _show_together(each.together)


def _show_together(mended: Mended) -> None:
    say("All of it together:")
    for fix in mended.mends:
        bullet(fix.sentence)
    for finding in (*mended.left, *mended.contradictions):
        bullet(f"Still to do: {finding.message}")


def _row(figure: RuleFigure | ConfirmationFigure) -> list[str]:
    title = TITLES.get(figure.rule, figure.rule)
    verdict = "kept" if figure.passed else "BROKEN"
    if isinstance(figure, ConfirmationFigure):
        asked = len(figure.confirmed) + len(figure.unconfirmed) + len(figure.disputed)
        return [title, f"{asked}", "all", f"{len(figure.confirmed)}", "", "", "", verdict]
    line = binding_line(figure)
    limit = "" if figure.percent is None else f"{_AT_MOST[figure.kind]} {figure.percent} %"
    year = "term" if line.year == 0 else str(line.year)
    return [
        title,
        str(line.limit),
        limit,
        str(line.actual),
        _percent(line.percent),
        str(line.headroom),
        year,
        verdict,
    ]


def binding_line(figure: RuleFigure) -> RuleLine:
    """Return the line of a rule in the year that binds (the term where there are no years)."""
    lines = figure.lines
    return lines[figure.binding_year - 1] if figure.binding_year else lines[-1]


def _percent(share: object) -> str:
    from fractions import Fraction

    return f"{short(share)} %" if isinstance(share, Fraction) else ""


def _name(report: SplitReport, organisation: str) -> str:
    found = report.by_id.get(organisation)
    return found.name if found else organisation


# --- for programs -------------------------------------------------------------------------------------------


def as_data(each: Checked) -> dict[str, object]:
    """Turn a bid's check into JSON: every rule in every year and over the term (``year`` is ``"term"``)."""
    report = each.report
    return {
        "bid": each.bid.id,
        "lot": each.lot.id,
        "tenderer": each.bid.tenderer,
        "price": each.bid.price.plain(),
        "compliant": report.compliant,
        "consequence": each.lot.collaboration.consequence,
        "rules": [_rule_data(figure) for figure in report.figures],
        "holdings": [
            {
                "organisation": it.organisation,
                "by_year": [amount.plain() for amount in it.by_year],
                "term": it.term.plain(),
                "percent": number(it.percents[-1]),
            }
            for it in report.holdings
        ],
        "fixes": [_fix_data(fix) for fix in each.fixes],
        "together": [_fix_data(fix) for fix in each.together.mends] if each.together else [],
        "findings": findings_data(placed(each)),
    }


def _fix_data(fix: Mend) -> dict[str, object]:
    moves = [
        {
            "year": move.year,
            "amount": move.amount.plain(),
            "from": {"pocket": move.source.kind, "organisations": list(move.source.organisations)},
            "to": {"pocket": move.target.kind, "organisations": list(move.target.organisations)},
        }
        for move in fix.moves
    ]
    return {"code": fix.code, "sentence": fix.sentence, "amount": fix.pounds.plain(), "moves": moves}


def _rule_data(figure: RuleFigure | ConfirmationFigure) -> dict[str, object]:
    base: dict[str, object] = {"rule": figure.rule, "passed": figure.passed}
    if isinstance(figure, ConfirmationFigure):
        names = {"confirmed": figure.confirmed, "unconfirmed": figure.unconfirmed, "disputed": figure.disputed}
        return base | {"kind": "confirmation", **{state: sorted(them) for state, them in names.items()}}
    percent = None if figure.percent is None else str(figure.percent)
    lines = [_line_data(line) for line in figure.lines]
    return base | {"kind": figure.kind, "percent": percent, "binding_year": figure.binding_year, "lines": lines}


def _line_data(line: RuleLine) -> dict[str, object]:
    return {
        "year": line.year or "term",
        "price": line.price.plain(),
        "limit": line.limit.plain(),
        "actual": line.actual.plain(),
        "percent": number(line.percent),
        "headroom": line.headroom.plain(),
        "passed": line.passed,
        "organisations": list(line.organisations),
    }
