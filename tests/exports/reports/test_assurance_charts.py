"""Pictures of an assurance: well formed, bare, the same every time, each beside a table, and true to the figures."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from exports.reports.assurance_charts import AssuranceChart, assurance_charts
from exports.reports.panel_assurance import assurances
from scoring.assurance.assure import Assurance, assure
from scoring.assurance.parts import parts
from scoring.formulas import PriceMethod
from scoring.recommendation import evaluate
from tests import factories
from tests.scoring.assurance import cases
from workbench.printing import environment

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def adult() -> Assurance:
    return assure(evaluate(factories.tender_file()), "adult", draws=4096)


@pytest.fixture(scope="module")
def charts(adult: Assurance) -> tuple[AssuranceChart, ...]:
    return assurance_charts(adult)


def test_every_picture_stands_in_a_part_that_has_tables(adult: Assurance, charts: tuple[AssuranceChart, ...]) -> None:
    tables = {part.key: part.tables for part in parts(adult)}
    assert [chart.key for chart in charts] == ["weights", "together", "chance", "chance", "chance"]
    assert all(tables[chart.key] for chart in charts)


def test_a_picture_is_bare_svg_that_says_what_it_shows(charts: tuple[AssuranceChart, ...]) -> None:
    for each in charts:
        root = ElementTree.fromstring(each.chart.svg)
        assert (root[0].tag, root[0].text) == (f"{SVG}title", each.chart.alt)
        assert root.attrib["role"] == "img"
        assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {"svg", "title", "path", "text"}
        assert re.findall(r"style=|href=|on[a-z]+=|nan|inf\b", each.chart.svg) == []


def test_the_same_result_gives_the_same_bytes(adult: Assurance, charts: tuple[AssuranceChart, ...]) -> None:
    assert assurance_charts(adult) == charts


def test_the_bars_of_the_ranges_reach_as_far_as_the_ranges_do(
    adult: Assurance, charts: tuple[AssuranceChart, ...]
) -> None:
    assert adult.weights is not None
    bars = re.findall(r'd="M([\d.]+) [\d.]+ L([\d.]+) [^"]*" fill="#0f5257"', charts[0].chart.svg)
    assert len(bars) == len(adult.weights.ranges)
    for (start, end), row in zip(bars, adult.weights.ranges, strict=True):
        assert [float(start), float(end)] == pytest.approx(
            [44 + 4.24 * float(row.low), 44 + 4.24 * float(row.high)], abs=0.06
        )


def test_a_name_that_looks_like_markup_stays_a_name(adult: Assurance) -> None:
    wicked = replace(adult, bids=tuple((bid, f"<b>{name}</b> & Co") for bid, name in adult.bids))
    for each in assurance_charts(wicked):
        texts = [node.text or "" for node in ElementTree.fromstring(each.chart.svg).iter() if node.text]
        assert "<b>" not in each.chart.svg
        assert any("<b>Harbour Trust</b> & Co" in text for text in texts) or each.key == "weights"


def test_where_weights_cannot_be_varied_there_is_no_picture() -> None:
    file = cases.with_method(factories.tender_file(), price=PriceMethod("price_per_quality_point"))
    criteria = tuple(replace(it, weight=50) for it in factories.criteria()[:2])
    assert assurance_charts(assure(evaluate(cases.with_method(file, criteria=criteria)), "adult", draws=64)) == ()


def test_the_report_prints_every_sentence_and_cell_that_the_page_shows() -> None:
    evaluation = evaluate(factories.tender_file())
    found = assurances(evaluation)
    template = environment().from_string(
        '{% import "notices/panel/pieces.html" as p with context %}{% include "notices/panel/assurance.html" %}'
    )
    html = template.render(d={"assurance": found})
    said = re.sub(r"<[^>]*>", " ", html)
    for part in parts(assure(evaluation, "adult")):
        cells = [cell for table in part.tables for row in table.rows for cell in row]
        wanted = [part.title, part.sentence, *part.notes, *(table.caption for table in part.tables), *cells]
        assert [text for text in wanted if str(environment().from_string("{{ t }}").render(t=text)) not in said] == []
    assert html.count("<svg") == sum(len(each.charts) for each in found)
