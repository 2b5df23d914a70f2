"""Curves as SVG: well formed, nothing a strict page forbids, points where they belong."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from exports.reports.curves import HEIGHT, WIDTH, curve_svg, figure_words, price_words
from lots.money import Money
from scoring.gallery.curves import Point
from scoring.gallery.entries import gallery

SVG = "{http://www.w3.org/2000/svg}"
LINE = (Point(Fraction(100), Fraction(40)), Point(Fraction(200), Fraction(0)))


def drawn(points: tuple[Point, ...] = LINE, most: Fraction | None = Fraction(40), **words: str) -> ET.Element:
    said = {"name": "x", "title": "A line", "description": "It falls", "axis": "Marks", **words}
    return ET.fromstring(curve_svg(points, most=most, **said))  # type: ignore[arg-type]


def test_a_line_runs_from_corner_to_corner() -> None:
    path = drawn().findall(f"{SVG}path")[-1]
    assert path.attrib["d"] == "M64 12L468 200"


def test_with_the_whole_weight_on_the_axis_a_flat_curve_looks_flat() -> None:
    points = (Point(Fraction(1), Fraction(40)), Point(Fraction(2), Fraction(36)))
    assert drawn(points).findall(f"{SVG}path")[-1].attrib["d"] == "M64 12L468 30.8"
    assert drawn(points, most=None).findall(f"{SVG}path")[-1].attrib["d"] == "M64 12L468 200"


def test_the_picture_has_a_title_and_a_description_that_name_it() -> None:
    svg = drawn(title="<A> & B", description="“C”")
    assert svg.attrib["aria-labelledby"] == "x-title x-desc"
    assert [(it.attrib["id"], it.text) for it in (svg[0], svg[1])] == [("x-title", "<A> & B"), ("x-desc", "“C”")]


def test_marks_below_nought_stretch_the_axis() -> None:
    svg = drawn((Point(Fraction(1), Fraction(10)), Point(Fraction(2), Fraction(-10))), most=Fraction(10))
    assert [it.text for it in svg.findall(f"{SVG}text")][:5] == ["-10", "-5", "0", "5", "10"]


def test_one_point_is_a_dot_and_none_an_empty_picture() -> None:
    assert len(drawn(LINE[:1]).findall(f"{SVG}circle")) == 1
    assert [it.tag for it in drawn(())] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("entry", gallery(Money.pounds(5_166_000), Fraction(25)), ids=lambda it: it.info.id)
def test_every_formula_draws_inside_its_frame_without_style_or_script(entry: object) -> None:
    info, points, most, axis = (getattr(entry, name) for name in ("info", "points", "most", "axis"))
    text = curve_svg(points, name=info.id, title=info.title, description=info.formula_text, axis=axis, most=most)
    assert {it.tag.removeprefix(SVG) for it in ET.fromstring(text).iter()} <= {
        "svg", "title", "desc", "path", "text", "circle",
    }  # fmt: skip
    assert re.findall(r"\b(?:style|class|on\w+|href)=", text) == []
    places = [float(x) for x in re.findall(r"-?[0-9.]+", " ".join(re.findall(r' d="([^"]*)"', text)))]
    assert all(0 <= place <= max(WIDTH, HEIGHT) for place in places)


@pytest.mark.parametrize(("price", "words"), [(5_166_000, "£5.17m"), (738_000, "£738k"), (9_999, "£9,999"), (1, "£1")])
def test_a_price_is_short_on_the_axis(price: int, words: str) -> None:
    assert price_words(Fraction(price)) == words


def test_a_figure_has_as_few_decimals_as_its_size_allows() -> None:
    figures = [(Fraction(25, 4), 25), (Fraction(1, 3), 1), (Fraction(1234567), 2_000_000), (Fraction(0), 25)]
    assert [figure_words(figure, Fraction(most)) for figure, most in figures] == ["6.3", "0.33", "1,234,567", "0"]
