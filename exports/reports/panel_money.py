"""Parts of the evaluation report about money: the limit on lots, and whether everything can be paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from exports.proof import proof_words
from exports.reports.charts import Chart, Segment, funding_chart
from exports.reports.panel_matrix import Matrix, Row, matrix
from lots.funding import budget_in, reconcile
from lots.funding_checks import Cliff, fall_away, funding_findings, stack
from lots.lot import Lot
from lots.money import Money, total
from lots.placement import place
from scoring.figures import Rounding
from scoring.limits.allocation import LotAward
from scoring.recommendation import Evaluation
from scoring.tender_file import TenderFile

_TWO = Rounding(2)


@dataclass(frozen=True)
class AwardedTo:
    """One lot's tenderer and total under one way of awarding the lots; empty where it goes to nobody."""

    tenderer: str
    total: str


@dataclass(frozen=True)
class LimitRow:
    """One lot: without any limit, one lot after another, and under the published rule."""

    lot: str
    without: AwardedTo
    in_order: AwardedTo | None
    awarded: AwardedTo
    changed: bool


@dataclass(frozen=True)
class LimitTable:
    """The published limit at work; sums are of the awarded totals, exact and then rounded to two places."""

    words: str
    rows: tuple[LimitRow, ...]
    sums: tuple[str, str, str]
    displaced: tuple[str, ...]
    proof: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """One source of money in the first contract year."""

    title: str
    funder: str
    amount: Money
    only_for: str
    certainty: str
    until: date | None
    condition: str


@dataclass(frozen=True)
class LotMoney:
    """One lot a year and over the term: budget, recommended price, ceilings, and what is left below each."""

    title: str
    budget: Money
    tied: Money
    first_year: Money | None
    term: Money | None
    base: Money | None
    maximum: Money | None


@dataclass(frozen=True)
class YearMoney:
    """One contract year: income, what the recommended prices and other budgets need, and the difference."""

    year: int
    income: Money
    needed: Money

    @property
    def difference(self) -> Money:
        """Subtract what is needed from the income."""
        return self.income - self.needed


@dataclass(frozen=True)
class PrintedSum:
    """A total as the source document prints it beside the sum of its lines."""

    title: str
    printed: Money
    computed: Money
    sentence: str


@dataclass(frozen=True)
class Affordability:
    """The funding stack against budgets, prices and ceilings, and what falls away when uplifts end."""

    sources: tuple[Source, ...]
    income: Money
    lots: tuple[LotMoney, ...]
    budgets: Money
    spare: Money
    years: tuple[YearMoney, ...]
    printed: tuple[PrintedSum, ...]
    placed: tuple[Matrix, ...]
    cliff: Cliff | None
    findings: tuple[str, ...]
    chart: Chart | None

    @property
    def recommended(self) -> Money:
        """Add up the recommended prices of the first year."""
        return total(lot.first_year for lot in self.lots if lot.first_year is not None)

    @property
    def term(self) -> Money:
        """Add up the recommended prices of the whole term."""
        return total(lot.term for lot in self.lots if lot.term is not None)

    @property
    def over_term(self) -> Money:
        """Add up the income on file over the years of the recommended contracts."""
        return total(year.income for year in self.years)

    @property
    def base(self) -> Money:
        """Add up the base values."""
        return total(lot.base for lot in self.lots if lot.base is not None)

    @property
    def maximum(self) -> Money:
        """Add up the maximum potential spends."""
        return total(lot.maximum for lot in self.lots if lot.maximum is not None)


def limit_table(evaluation: Evaluation) -> LimitTable | None:
    """Show the allocation without a limit, in lot order and under the rule; None where the tender sets no limit."""
    found, limit = evaluation.allocation, evaluation.file.lot_limit
    if found is None or limit is None:
        return None
    names = {organisation.id: organisation.name for organisation in evaluation.file.organisations}
    lots = {lot.id: lot.title for lot in evaluation.file.tender.lots}
    free, turn = {it.lot: it for it in found.without_limit}, {it.lot: it for it in found.in_lot_order}
    rows = tuple(
        LimitRow(
            lots[award.lot],
            _to(free.get(award.lot), names),
            _to(turn[award.lot], names) if award.lot in turn else None,
            _to(award, names),
            (free[award.lot].tenderer if award.lot in free else None) != award.tenderer,
        )
        for award in found.awards
    )
    sums = (found.total_without_limit, _sum(found.in_lot_order), found.total)
    said = (_TWO.text(sums[0]), _TWO.text(sums[1]) if turn else "", _TWO.text(sums[2]))
    moved, proof = tuple(it.reason for it in found.displaced), proof_words(found.proof) if found.proof else ""
    return LimitTable(limit.words(), rows, said, moved, proof, tuple(it.message for it in found.findings))


def _to(award: LotAward | None, names: dict[str, str]) -> AwardedTo:
    if award is None or award.tenderer is None:
        return AwardedTo("not awarded", "")
    return AwardedTo(names.get(award.tenderer, award.tenderer), _TWO.text(award.total or Fraction(0)))


def _sum(awards: Sequence[LotAward]) -> Fraction:
    return sum((award.total for award in awards if award.total is not None), Fraction(0))


def affordability(evaluation: Evaluation) -> Affordability | None:
    """Set budgets, recommended prices and ceilings against the funding; None where the file has no funding."""
    tender = evaluation.file.tender
    if not tender.funding.sources:
        return None
    stacked = stack(tender.funding, tender.lots)
    lots = tuple(_lot_money(evaluation, lot, row.tied) for lot, row in zip(tender.lots, stacked.rows, strict=True))
    uplifts = frozenset(source.id for source in tender.funding.sources if source.uplift)
    told = [finding.message for finding in (*stacked.findings, *place(tender.funding, tender.lots).findings)]
    printed = {finding.message for row in reconcile(tender.funding) for finding in row.findings}
    told += [it.message for it in funding_findings(tender.funding, tender.lots) if it.message not in printed]
    return Affordability(
        tuple(_sources(evaluation.file)),
        stacked.income,
        lots,
        stacked.budgets,
        stacked.difference,
        tuple(_years(evaluation)),
        tuple(
            PrintedSum(row.title, row.printed, row.computed, " ".join(it.message for it in row.findings))
            for row in reconcile(tender.funding)
        ),
        _placed(evaluation.file),
        fall_away(tender.funding, tender.lots, uplifts) if uplifts else None,
        tuple(dict.fromkeys(told)),
        _chart(evaluation.file),
    )


def _sources(file: TenderFile) -> Iterator[Source]:
    titles = {lot.id: lot.title for lot in file.tender.lots}
    for source in file.tender.funding.sources:
        only = {*source.ring_fenced_to, *(line.lot for line in source.lines if line.lot)}
        yield Source(
            source.title,
            source.funder,
            total(line.amount for line in source.lines if line.year == 1),
            ", ".join(titles.get(lot, lot) for lot in sorted(only)) or "any lot",
            source.certainty.replace("_", " "),
            source.expires,
            source.condition,
        )


def _lot_money(evaluation: Evaluation, lot: Lot, tied: Money) -> LotMoney:
    winner = evaluation.recommendation(lot.id).winner if lot.is_contract else None
    first = winner.bid.prices[0] if winner and winner.bid.prices else None
    term = winner.bid.price if winner else None
    return LotMoney(lot.title, lot.annual_budget, tied, first, term, lot.base_value, lot.maximum_potential_spend)


def _years(evaluation: Evaluation) -> Iterator[YearMoney]:
    """Set each year's income beside the recommended prices and, for lots that are no contract, their budgets."""
    tender = evaluation.file.tender
    won = [found.winner.bid for found in evaluation.recommendations if found.winner]
    others = total(lot.annual_budget for lot in tender.lots if not lot.is_contract)
    for year in range(1, max((len(bid.prices) for bid in won), default=0) + 1):
        asked = total(bid.prices[year - 1] for bid in won if year <= len(bid.prices))
        yield YearMoney(year, stack(tender.funding, tender.lots, year).income, asked + others)


def _placed(file: TenderFile) -> tuple[Matrix, ...]:
    """Tabulate what the chart shows: source by source, what it pays of each lot's budget in the first year."""
    funding, lots, paid = file.tender.funding, file.tender.lots, _paid(file)
    rows = [
        Row(source.title, tuple(str(paid[lot.id, source.id]) if (lot.id, source.id) in paid else "–" for lot in lots))
        for source in funding.sources
    ]
    sums = tuple(str(total(amount for (lot, _), amount in paid.items() if lot == each.id)) for each in lots)
    rows.append(Row("Placed in all", sums, style="sum"))
    rows.append(Row("Budget", tuple(str(budget_in(lot, 1)) for lot in lots)))
    return matrix("One way to pay for each lot’s budget in the first year", "Source", [lot.title for lot in lots], rows)


def _paid(file: TenderFile) -> dict[tuple[str, str], Money]:
    return {(row.lot, row.source): row.amount for row in place(file.tender.funding, file.tender.lots).rows}


def _chart(file: TenderFile) -> Chart:
    """Draw one way to pay for every lot's budget in the first year, source by source."""
    funding, lots, paid = file.tender.funding, file.tender.lots, _paid(file)
    titles, sources = {lot.id: lot.title for lot in lots}, {source.id: source.title for source in funding.sources}
    segments = [
        Segment(titles[lot.id], sources[source.id], Fraction(paid[lot.id, source.id].pence, 100))
        for source in funding.sources
        for lot in lots
        if (lot.id, source.id) in paid
    ]
    budgets = [(lot.title, Fraction(lot.annual_budget.pence, 100)) for lot in lots]
    said = "; ".join(f"{sources[source]} pays {amount} of {titles[lot]}" for (lot, source), amount in paid.items())
    return funding_chart(segments, budgets, f"One way to place the first year’s money on the lots: {said}")
