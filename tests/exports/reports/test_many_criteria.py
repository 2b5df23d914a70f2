"""The annex of a lot with very many criteria: its weights come from one walk through the tree."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from exports.reports import panel_lots
from exports.reports.panel_lots import criteria_rows
from tests import factories


def test_the_rows_of_very_many_criteria_cost_one_walk() -> None:
    file = factories.tender_file()
    method = file.methodologies[0]
    top = method.criteria[0]
    parts = tuple(replace((top.parts or (top,))[0], id=f"c{number}") for number in range(2_000))
    method = replace(method, criteria=(replace(top, parts=parts), *method.criteria[1:]))
    with patch.object(panel_lots, "weights_of", wraps=panel_lots.weights_of) as walked:
        rows = list(criteria_rows(method, method.criteria, {}, 0, None))
    assert walked.call_count == 1
    assert len(rows) >= 2_001
