"""The part of the evaluation report about how firm each result is: evidence, marked as no part of the award method."""

from __future__ import annotations

from dataclasses import dataclass

from exports.reports.assurance_charts import AssuranceChart, assurance_charts
from scoring.assurance.assure import assure
from scoring.assurance.parts import Part, parts
from scoring.recommendation import Evaluation


@dataclass(frozen=True)
class LotAssurance:
    """The tests of one lot's result: parts in order, and pictures by the part they belong to."""

    title: str
    parts: tuple[Part, ...]
    charts: tuple[AssuranceChart, ...]


def assurances(evaluation: Evaluation) -> tuple[LotAssurance, ...]:
    """Test every contract lot's result; the draws have a fixed seed, so that the report prints the same again."""
    return tuple(_of(evaluation, lot.lot.id) for lot in evaluation.lots)


def _of(evaluation: Evaluation, lot_id: str) -> LotAssurance:
    found = assure(evaluation, lot_id)
    return LotAssurance(found.title, parts(found), assurance_charts(found))
