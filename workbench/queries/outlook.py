"""The money of a draft, year by year: what its sources give, what its lots need, and what goes when sources end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exports.codec import record
from exports.codec.strict_json import Report
from lots.errors import ProcurementError
from lots.funding import LONGEST_TERM, Funding, FundingSource, PrintedTotal, certainty, reconcile
from lots.funding_checks import Cliff, Stack, expiries, fall_away, stack
from lots.lot import Lot
from lots.money import Money, total
from lots.placement import place
from lots.words import listed
from workbench.parts import assemble
from workbench.queries.money import certainty_sentence, placed_sentences, reconciled_sentence, spent_on
from workbench.queries.tenders import Draft


@dataclass(frozen=True)
class Row:
    """One line of the table of years: an amount for each year, and their sum."""

    title: str
    amounts: tuple[Money, ...]
    key: str = ""

    @property
    def total(self) -> Money:
        """Add up the years."""
        return total(self.amounts)


@dataclass(frozen=True)
class SourceRow:
    """A source in the table of years, with where its money may be spent and how sure it is."""

    source: FundingSource
    row: Row
    spent_on: str


@dataclass(frozen=True)
class CliffCard:
    """What goes when some sources end together in a year."""

    title: str
    lost: Money
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """Everything the funding page shows; ``refused`` says what keeps the figures from being worked out."""

    funding: Funding
    lots: tuple[Lot, ...]
    years: tuple[int, ...]
    year: int
    sources: tuple[SourceRow, ...]
    income: Row
    budgets: Row
    difference: Row
    stack: Stack | None = None
    sentences: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    cliffs: tuple[CliffCard, ...] = ()
    refused: str = ""


def funding_of(draft: Draft) -> Funding:
    """Read the sources and printed totals of a draft, whatever else of it is missing."""
    sources = [_read(FundingSource, part.content) for part in draft.of("funding_source")]
    totals = (draft.part("funding_totals").content or {}).get("printed_totals", ())
    printed = [_read(PrintedTotal, each) for each in totals]
    return Funding(tuple(it for it in sources if it), tuple(it for it in printed if it))


def lots_of(draft: Draft) -> tuple[Lot, ...]:
    """Read the lots of a draft with their rules, whatever else of it is missing."""
    whole = assemble(part for part in draft.parts if part.kind in ("lot", "collaboration"))
    lots = [_read(Lot, each) for each in whole["tender"]["lots"]]
    return tuple(lot for lot in lots if lot)


def _read(cls: type, content: Any) -> Any:
    return None if content is None else record.read(cls, _copied(content), Report())


def _copied(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _copied(inner) for name, inner in content.items()}
    return [_copied(inner) for inner in content] if isinstance(content, list) else content


def outlook(draft: Draft, *, year: int = 1, without: Iterable[str] = ()) -> Outlook:
    """Work out the funding page: all years in the table, ``year`` in the sentences, ``without`` as one cliff."""
    funding, lots = funding_of(draft), lots_of(draft)
    years = _years(funding, lots)
    year = year if year in years else 1
    titles = {lot.id: lot.title for lot in lots}
    sources = tuple(SourceRow(it, _given(it, years), spent_on(it, titles)) for it in funding.sources)
    income = Row("Income", _sums([it.row for it in sources], years))
    try:
        books = [stack(funding, lots, each) for each in years]
        budgets = Row("Lots’ budgets", tuple(book.budgets for book in books))
        difference = Row("Income less budgets", tuple(book.difference for book in books))
        found = Outlook(funding, lots, years, year, sources, income, budgets, difference)
        return _with_sentences(found, books[year - 1], frozenset(without) & {it.id for it in funding.sources})
    except ProcurementError as error:
        nothing = Row("", ())
        return Outlook(funding, lots, years, year, sources, income, nothing, nothing, refused=f"{error}.")


def _with_sentences(found: Outlook, book: Stack, without: frozenset[str]) -> Outlook:
    funding, lots, year = found.funding, found.lots, found.year
    placed = tuple(placed_sentences(funding, lots, place(funding, lots, year))) if lots else ()
    sure = (certainty_sentence(certainty(funding, year)),) if funding.sources else ()
    return Outlook(
        funding, lots, found.years, year, found.sources, found.income, found.budgets, found.difference, book,
        (*sure, *placed), tuple(map(reconciled_sentence, reconcile(funding, 1))),
        tuple(_cliffs(funding, lots, year, without)),
    )  # fmt: skip


def _years(funding: Funding, lots: Sequence[Lot]) -> tuple[int, ...]:
    terms = [lot.years for lot in lots]
    lines = [line.year for source in funding.sources for line in source.lines]
    return tuple(range(1, min(max([1, *terms, *lines]), LONGEST_TERM) + 1))


def _given(source: FundingSource, years: Sequence[int]) -> Row:
    by_year = [total(line.amount for line in source.lines if line.year == year) for year in years]
    return Row(source.title, tuple(by_year), source.id)


def _sums(rows: Sequence[Row], years: Sequence[int]) -> tuple[Money, ...]:
    return tuple(total(row.amounts[i] for row in rows) for i in range(len(years)))


# --- when sources end ---------------------------------------------------------------------------------------


def _cliffs(funding: Funding, lots: Sequence[Lot], year: int, without: frozenset[str]) -> Iterable[CliffCard]:
    """Give the cliff that is asked for; otherwise all uplifts together, then each source that may end."""
    if without:
        yield _card(fall_away(funding, lots, without, year), funding)
        return
    uplifts = frozenset(it.id for it in funding.sources if it.uplift)
    ending = {it.source for it in expiries(funding, lots)}
    alone = [it.id for it in funding.sources if it.uplift or it.certainty == "at_risk" or it.id in ending]
    sets = [uplifts] if len(uplifts) > 1 else []
    for ended in (*sets, *(frozenset({each}) for each in alone)):
        card = _card(fall_away(funding, lots, ended, year), funding)
        if card.lost:
            yield card


def _card(cliff: Cliff, funding: Funding) -> CliffCard:
    """Name the sources and, if they share one, the day they are promised until; the figure says what goes."""
    ended = [it for it in funding.sources if it.id in cliff.ended]
    every_uplift = len(ended) > 1 and {it.id for it in ended} == {it.id for it in funding.sources if it.uplift}
    names = "all uplifts" if every_uplift else listed(it.title for it in ended)
    days = {it.expires for it in ended}
    day = next(iter(days)) if len(days) == 1 else None
    when = f" on {day.day} {day:%B %Y}" if day else ""
    return CliffCard(f"If {names} {'ends' if len(ended) == 1 else 'end'}{when}", cliff.lost, cliff.sentences[1:])
