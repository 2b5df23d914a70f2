"""Charts: the same picture every time, no script, no strange font, names that stay text, lengths that add up."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

from exports.reports.charts import Segment, funding_chart, stacked_bar, totals_chart

TWO = (
    Segment("Harbour Trust", "Quality", Fraction(48)),
    Segment("Harbour Trust", "Price", Fraction(25)),
    Segment("Quayside Trust", "Quality", Fraction(30)),
    Segment("Quayside Trust", "Price", Fraction(12)),
)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_chart_is_well_formed_svg_with_its_words_as_title() -> None:
    chart = totals_chart(TWO, "Two bids & their marks")
    root = ElementTree.fromstring(chart.svg)
    assert root[0].tag == "{http://www.w3.org/2000/svg}title"
    assert root[0].text == "Two bids & their marks"
    assert {"Harbour Trust", "Quayside Trust", "Quality", "Price", "Marks out of 100"} <= set(texts(chart.svg))


def test_a_chart_holds_no_script_no_style_and_only_the_documents_own_font() -> None:
    svg = totals_chart(TWO, "x").svg
    assert re.findall("<(script|style|image|foreignObject)", svg) == []
    assert set(re.findall(r'font-family="([^"]*)"', svg)) == {"Notice"}
    assert re.findall(r"https?://(?!www\.w3\.org/)", svg) == []


def test_the_same_figures_give_the_same_picture_and_others_another() -> None:
    again = tuple(Segment(it.bar, it.series, it.value) for it in TWO)
    more = (*TWO[:3], Segment("Quayside Trust", "Price", Fraction(13)))
    assert totals_chart(again, "x").svg == totals_chart(TWO, "x").svg
    assert totals_chart(more, "x").svg != totals_chart(TWO, "x").svg


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    wicked = "<script>alert(1)</script> & Sons"
    svg = totals_chart((Segment(wicked, "Quality", Fraction(40)),), wicked).svg
    assert "<script" not in svg
    assert wicked in texts(svg)


def test_long_names_that_are_cut_alike_keep_bars_of_their_own() -> None:
    names = [f"The Very Long Name of a Charity for Everybody in {place}" for place in ("Westmere", "Eastmere")]
    svg = totals_chart([Segment(name, "Quality", Fraction(40)) for name in names], "x").svg
    labels = [text for text in texts(svg) if text.startswith("The Very Long")]
    assert len(set(labels)) == 2


def test_a_budget_is_a_mark_of_its_own_in_the_funding_chart() -> None:
    paid = (Segment("Adult", "Grant", Fraction(300_000)),)
    without = funding_chart(paid, (), "x").svg
    with_budget = funding_chart(paid, [("Adult", Fraction(310_000))], "x").svg
    assert "#16242b" not in without
    assert "#16242b" in with_budget
    assert "Pounds a year" in texts(with_budget)


def test_the_parts_of_a_bar_lie_end_to_end() -> None:
    assert stacked_bar([50, 30, 20], 100, width=100, height=4) == (
        "M0.00 0h50.00v4h-50.00z",
        "M50.00 0h30.00v4h-30.00z",
        "M80.00 0h20.00v4h-20.00z",
    )


def test_nothing_is_drawn_for_nothing() -> None:
    assert stacked_bar([0, 5], 5, width=10, height=1) == ("", "M0.00 0h10.00v1h-10.00z")
    assert stacked_bar([1, 2], 0) == ("", "")
