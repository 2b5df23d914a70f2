"""Funding: a source with its amounts by year, and the totals that documents print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from wtforms import Form

from lots.funding import LONGEST_TERM, Certainty, FundingLine, FundingSource, PrintedTotal
from lots.money import ZERO
from workbench.forms.fields import (
    ChoiceField,
    DayField,
    LongTextField,
    MoneyField,
    PickField,
    TextField,
    TickField,
    TicksField,
    WholeField,
)
from workbench.forms.tenders.part import PartForm, plain, saved, slug
from workbench.forms.tenders.rows import Rows
from workbench.parts import Part
from workbench.queries.tenders import Draft

CERTAINTIES = (
    ("confirmed", "Confirmed: promised in writing"),
    ("expected", "Expected: usual, but not yet promised"),
    ("at_risk", "At risk: may not come, or may end"),
)
ANY_LOT = "Any lot the source may pay for"
GONE = "(no longer in the tender)"


class LineRow(Form):
    """What a source gives in one contract year, and the lot that part is tied to, if any."""

    year = WholeField("Contract year", least=1, most=LONGEST_TERM, required="Enter the contract year, 1 for the first")
    amount = MoneyField("Amount", required="Enter the amount for this year")
    lot = PickField("Tied to")


class SourceForm(PartForm):
    """One source of money."""

    holds = FundingSource

    title = TextField("What the source is called", required="Enter what the source is called", most=200)
    funder = TextField(
        "Who pays",
        required="Enter who pays",
        most=200,
        description="The body that gives the money, such as NHS England.",
    )
    each_year = MoneyField("Amount a year")
    years = WholeField("For how many years", least=1, most=LONGEST_TERM)
    lines = Rows(LineRow, most=200)
    ring_fenced_to = TicksField(
        "Lots the money may be spent on",
        description="Tick none if it may be spent on any lot. A ring-fence is the funder’s, not the budget’s.",
    )
    certainty = ChoiceField("How sure the money is", choices=CERTAINTIES, required="Say how sure the money is")
    expires = DayField(
        "Last day it is promised for", description="Leave this empty if no end is known. For example, 31 3 2030."
    )
    uplift = TickField("This is an uplift: money on top of a regular grant, which may be withdrawn")
    condition = LongTextField(
        "The funder’s condition", most=2000, description="In the funder’s own terms. Empty if there is none."
    )

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the lots there are, and any that the saved source names although it is gone."""
        content = part.content or {}
        fence = content.get("ring_fenced_to", ())
        lots = lot_choices(draft)
        self.ring_fenced_to.offer(with_gone(lots, fence))
        named = [line.get("lot") for line in content.get("lines", ())]
        for row in self.lines.entries:
            row.form.lot.offer([("", ANY_LOT), *with_gone(lots, named)])

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check the fields, then that the same amount a year says for how many years."""
        good = super().validate(*args, **options)
        pairs = (
            (self.each_year, self.years, "Enter for how many years"),
            (self.years, self.each_year, "Enter the amount"),
        )
        for given, missing, message in pairs:
            if given.data is not None and missing.data is None and not missing.errors:
                missing.errors = [message]
                good = False
        return good

    def value(self, draft: Draft, part: Part) -> FundingSource:
        """Build the source; years that have no row of their own get the same amount."""
        return FundingSource(
            id=part.key or slug(self.title.data),
            title=self.title.data,
            funder=self.funder.data,
            lines=tuple(self._lines()),
            ring_fenced_to=tuple(self.ring_fenced_to.data or ()),
            certainty=cast(Certainty, self.certainty.data),
            expires=self.expires.data,
            uplift=self.uplift.data,
            condition=self.condition.data or "",
        )

    def _lines(self) -> Iterator[FundingLine]:
        rows = self.lines.filled()
        named = {row.year.data for row in rows}
        yield from (FundingLine(row.year.data, row.amount.data, row.lot.data or "") for row in rows)
        for year in range(1, (self.years.data or 0) + 1):
            if year not in named:
                yield FundingLine(year, self.each_year.data or ZERO)


class PrintedRow(Form):
    """A total that a document prints, and the sources it says it adds up."""

    title = TextField("What it is called in the document", required="Enter what the total is called", most=200)
    amount = MoneyField("Amount printed", required="Enter the amount that is printed")
    sources = TicksField("Sources it adds up")


class TotalsForm(PartForm):
    """Totals that documents print, held against the sources to the penny, and the note on what differs."""

    printed_totals = Rows(PrintedRow, blank=1, most=50)
    funding_note = LongTextField(
        "Why the income and the budgets differ",
        most=2000,
        description="Needed where the lots’ budgets exceed the income. It is published with the tender.",
    )

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> dict[str, Any]:
        """Show the totals as they are saved."""
        content = content or {}
        totals = [saved(PrintedTotal, each) for each in content.get("printed_totals", ())]
        rows = [{"title": it.title, "amount": it.amount, "sources": list(it.sources)} for it in totals if it]
        return {"printed_totals": rows, "funding_note": content.get("funding_note", "")}

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the sources there are, and any that a saved total names although it is gone."""
        saved_totals = (part.content or {}).get("printed_totals", ())
        named = [source for each in saved_totals for source in each.get("sources", ())]
        sources = with_gone([(each.key, title_of(each)) for each in draft.of("funding_source")], named)
        for row in self.printed_totals.entries:
            row.form.sources.offer(sources)

    def value(self, draft: Draft, part: Part) -> dict[str, Any]:
        """Build the totals and the note; both may be empty."""
        rows = self.printed_totals.filled()
        totals = [PrintedTotal(row.title.data, row.amount.data, tuple(row.sources.data or ())) for row in rows]
        return plain({"printed_totals": totals, "funding_note": self.funding_note.data})


def lot_choices(draft: Draft, *, contracts: bool = False) -> list[tuple[str, str]]:
    """List the lots of a draft for a choice; with ``contracts`` those alone that are tendered for as contracts."""
    lots = [lot for lot in draft.lots if lot.content is not None]
    return [
        (lot.key, title_of(lot)) for lot in lots if not contracts or lot.content.get("route", "contract") == "contract"
    ]


def title_of(part: Part) -> str:
    """Name a part by its title, or its id where it has none yet."""
    return str((part.content or {}).get("title") or part.key)


def with_gone(choices: Sequence[tuple[str, str]], named: Iterable[str | None]) -> list[tuple[str, str]]:
    """Add what is named and no longer there, so that saving a page never drops it unseen."""
    known = {key for key, _ in choices}
    return [*choices, *((name, f"{name} {GONE}") for name in dict.fromkeys(named) if name and name not in known)]
