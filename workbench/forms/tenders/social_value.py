"""Social value: what is to change, how it is counted, what is promised, and the measure of the contract it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Form, HiddenField

from lots.social_value import SocialValueMeasure
from lots.tender import PerformanceIndicator
from scoring.criteria import walk
from scoring.methodology import Methodology
from workbench.forms.fields import LongTextField, NumberField, PercentField, PickField, TextField, TicksField
from workbench.forms.tenders.part import saved
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.whole import SentenceField, TenderForm, named, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft


class MeasureRow(Form):
    """One outcome that is counted."""

    id = HiddenField()
    outcome = SentenceField("Outcome", required="Enter the outcome", most=500)
    metric = SentenceField("Metric", required="Enter what is counted", most=500)
    unit = TextField("Unit", required="Enter the unit, such as people a year", most=80)
    lots = TicksField("Lots")
    criterion = PickField("Criterion that scores it")
    baseline = NumberField("Baseline", places=6, least=0)
    deadweight = PercentField("Would have happened anyway", places=4)
    minimum_a_year = NumberField("Least a year", places=6, least=0)
    commitment = LongTextField("Commitment asked for", most=1000)
    evidence = LongTextField("Evidence", most=1000)
    contract_measure = SentenceField("Indicator in the contract", most=500)


class IndicatorRow(Form):
    """A key performance indicator of the contract."""

    id = HiddenField()
    title = SentenceField("Indicator", required="Enter what the indicator is", most=500)
    target = TextField("Target", required="Enter the target", most=300)
    lots = TicksField("Lots")


class SocialValueForm(TenderForm):
    """Measures of social value, and the indicators of the contract."""

    kind = "social_value"

    social_value = Rows(MeasureRow, blank=1, most=60)
    indicators = Rows(IndicatorRow, blank=1, most=100)

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the contract lots, and the criteria of social value; what is saved stays on offer."""
        lots = contract_lots(draft)
        criteria = [("", "No criterion"), *social_criteria(draft)]
        for row in self.social_value.entries:
            offer_lots(row.form.lots, lots)
            own = row.form.criterion.data
            gone = [(own, f"{own} (not there any more)")] if own and own not in dict(criteria) else []
            row.form.criterion.offer([*criteria, *(gone if _is_saved(own, part) else [])])
        for row in self.indicators.entries:
            offer_lots(row.form.lots, lots)

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the measures and the indicators, each with the id it has or a new one."""
        before = values_of(self.kind, part.content)
        return {"social_value": self._measures(before), "indicators": self._indicators(before)}

    def _measures(self, before: Mapping[str, Any]) -> tuple[SocialValueMeasure, ...]:
        rows = self.social_value.filled()
        ids = named(
            ((row.id.data or "", row.metric.data) for row in rows), (each.id for each in before["social_value"])
        )
        return tuple(
            SocialValueMeasure(
                id=name,
                outcome=row.outcome.data,
                metric=row.metric.data,
                unit=row.unit.data,
                lots=tuple(row.lots.data or ()),
                criterion=row.criterion.data or "",
                baseline=row.baseline.data,
                deadweight=row.deadweight.data,
                commitment=row.commitment.data or "",
                minimum_a_year=row.minimum_a_year.data,
                evidence=row.evidence.data or "",
                contract_measure=row.contract_measure.data or "",
            )
            for name, row in zip(ids, rows, strict=True)
        )

    def _indicators(self, before: Mapping[str, Any]) -> tuple[PerformanceIndicator, ...]:
        rows = self.indicators.filled()
        ids = named(((row.id.data or "", row.title.data) for row in rows), (each.id for each in before["indicators"]))
        return tuple(
            PerformanceIndicator(
                name,
                row.title.data,
                row.target.data,
                tuple(row.lots.data or ()),
            )
            for name, row in zip(ids, rows, strict=True)
        )


def _is_saved(criterion: str | None, part: Part) -> bool:
    return any(each.criterion == criterion for each in values_of("social_value", part.content)["social_value"])


def contract_lots(draft: Draft) -> list[tuple[str, str]]:
    """List the lots that are tendered for, each by its id and title."""
    complete = [lot.content for lot in draft.lots if lot.content is not None]
    return [(lot["id"], lot["title"]) for lot in complete if lot.get("route", "contract") == "contract"]


def offer_lots(field: TicksField, lots: list[tuple[str, str]]) -> None:
    """Offer lots to tick, and those ticked earlier that are no contract lots now, so that they can be taken out."""
    known = dict(lots)
    gone = [] if field.raw_data else [name for name in field.data or () if name not in known]
    field.offer([*lots, *((name, f"{name} (no contract lot)") for name in gone)])


def social_criteria(draft: Draft) -> list[tuple[str, str]]:
    """List the criteria of social value of every methodology, each id once, with the titles above it."""
    found: dict[str, str] = {}
    for part in draft.of("methodology"):
        method = saved(Methodology, part.content)
        for leaf in method.scored if method else ():
            if leaf.kind == "social_value":
                titles = {criterion.id: criterion.title for criterion, _ in walk(method.criteria)}
                above = [titles[name] for name in leaf.above if name in titles]
                found.setdefault(leaf.criterion.id, " › ".join((*above, leaf.criterion.title)))
    return list(found.items())
