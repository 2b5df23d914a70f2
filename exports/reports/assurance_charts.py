"""Pictures of how firm a result is: the same value on the page and in the panel's report, each beside its table.

``key`` names the part of :func:`scoring.assurance.parts.parts` whose tables hold the figures drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exports.reports.assurance_drawing import (
    WIDTH,
    Place,
    box,
    colour_of,
    cut,
    dash_of,
    filled,
    legend,
    line,
    svg,
    text,
)
from exports.reports.charts import AMBER, INK, TEAL, Chart
from scoring.assurance.assure import Assurance, WeightTests

MOST_BIDS = 8  # more cannot be told apart in a picture; the tables have them all
_LEFT, _RIGHT = 44, WIDTH - 12


@dataclass(frozen=True)
class AssuranceChart:
    """One picture with the part it belongs to and the words printed beneath it."""

    key: str
    caption: str
    chart: Chart


def assurance_charts(assurance: Assurance) -> tuple[AssuranceChart, ...]:
    """Draw what can be drawn; nothing where the weights cannot be varied."""
    return tuple(_charts(assurance, assurance.weights)) if assurance.weights else ()


def _charts(a: Assurance, w: WeightTests) -> Iterator[AssuranceChart]:
    yield AssuranceChart("weights", "Each bar: the weights within which the result stands; the mark: as published.",
                         _ranges(a, w))  # fmt: skip
    yield AssuranceChart("together", "The share of draws in which the first bid stays first; up to the upright line it "
                         "certainly does.", _reach(a, w))  # fmt: skip
    if w.lines:
        caption = "Totals by the weight of price; the upright line is the published weight."
        yield AssuranceChart("chance", caption, _lines(a, w))
    if w.areas:
        caption = "Every division between the three heads is a point; the dot is the published one."
        yield AssuranceChart("chance", caption, _triangle(a, w))
    yield AssuranceChart("chance", "How often each bid takes each rank, the first rank darkest.", _ranks(a, w))


def _axis(height: float, top: float = 0) -> Iterator[str]:
    """Draw upright lines at 0, 25, 50, 75 and 100 with their figures below."""
    for share in (0, 25, 50, 75, 100):
        x = _across(share)
        yield line([(x, top), (x, height)])
        yield text(x, height + 14, str(share), "middle")


def _across(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share / 100


def _ranges(a: Assurance, w: WeightTests) -> Chart:
    alt = f"The range of each criterion’s weight within which {a.winner} stays first; the table has the figures"
    row, parts = 30, list(_axis(30 * len(w.ranges)))
    for at, each in enumerate(w.ranges):
        top = at * row
        low, high, here = (_across(float(figure)) for figure in (each.low, each.high, each.weight))
        parts.append(text(_LEFT + 4 + 8 * each.depth, top + 12, cut(each.title, 60)))
        parts.append(box(low, top + 17, max(high - low, 0.5), 7, TEAL))
        parts.append(line([(here, top + 14), (here, top + 27)], AMBER, 3))
    return Chart(svg(row * len(w.ranges) + 20, alt, parts), alt)


def _reach(a: Assurance, w: WeightTests) -> Chart:
    alt = f"How often {a.winner} stays first as all weights move; the table has the figures"
    floor, parts = 180, list(_axis(180, 8))
    for share in (0, 50, 100):
        parts.append(text(_LEFT - 6, _up(share, floor) + 4, f"{share} %", "end"))
        parts.append(line([(_LEFT, _up(share, floor)), (_RIGHT, _up(share, floor))]))
    drawn = [(_across(0), _up(100, floor))]
    drawn += [(_across(reach), _up(100 * share, floor)) for reach, share in w.around.stays]
    parts.append(line(drawn, TEAL, 2))
    sure = _across(min(float(w.radius.percent), 100)) if w.radius.percent is not None else _RIGHT
    parts.append(line([(sure, 8), (sure, floor)], AMBER, 3))
    parts.append(text(_LEFT, floor + 30, "All weights moved by up to this percentage of themselves"))
    return Chart(svg(floor + 36, alt, parts), alt)


def _up(share: float, floor: float) -> float:
    return floor - (floor - 8) * share / 100


def _lines(a: Assurance, w: WeightTests) -> Chart:
    assert w.lines
    alt = "Each bid’s total as the weight of price goes from 0 to 100; the table says who is first where"
    floor, shown = 200, w.lines.lines[:MOST_BIDS]
    ends = [(float(each.at_nought), float(each.at_hundred)) for each in shown]
    low, high = _tens(min(map(min, ends))), max(_tens(max(map(max, ends)) + 9.999), 10)

    def up(total: float) -> float:
        return _up(100 * (total - low) / max(high - low, 1), floor)

    parts = list(_axis(floor, 8))
    for total in (low, (low + high) / 2, high):
        parts += [text(_LEFT - 6, up(total) + 4, f"{total:g}", "end"), line([(_LEFT, up(total)), (_RIGHT, up(total))])]
    here = _across(float(w.lines.weight))
    parts.append(line([(here, 8), (here, floor)], AMBER, 3))
    for at, (start, end) in enumerate(ends):
        parts.append(line([(_LEFT, up(start)), (_RIGHT, up(end))], colour_of(at), 2, dash_of(at)))
    parts.append(text(_LEFT, floor + 30, "Total, by the weight of price"))
    names = [a.name(each.bid) for each in shown]
    return Chart(svg(floor + 44 + 18 * len(names), alt, [*parts, *legend(names, floor + 42, lines=True)]), alt)


def _tens(total: float) -> int:
    """Return the ten below a total."""
    return int(total // 10) * 10


def _triangle(a: Assurance, w: WeightTests) -> Chart:
    assert w.areas
    heads = ", ".join(w.areas.heads)
    alt = f"Who comes first for every division of the weight between {heads}; the table has the shares"
    parts, shown = [], w.areas.areas[:MOST_BIDS]
    for at, area in enumerate(shown):
        if area.centre:
            parts.append(filled([_corner(it) for it in area.corners], colour_of(at)))
    for at, area in enumerate(shown):
        if area.centre and area.share >= 0.01:
            x, y = _corner(area.centre)
            parts += [box(x - 8, y - 8, 16, 16, "#ffffff"), text(x, y + 4, str(at + 1), "middle")]
    x, y = _corner(w.areas.published)
    parts += [box(x - 5, y - 5, 10, 10, "#ffffff"), box(x - 3.5, y - 3.5, 7, 7, INK)]
    parts += [
        text(110, 236, f"All on {w.areas.heads[0]}", "middle"),
        text(370, 236, f"All on {w.areas.heads[1]}", "middle"),
        text(240, 12, f"All on {w.areas.heads[2]}", "middle"),
    ]
    names = [a.name(area.bid) for area in shown]
    return Chart(svg(250 + 18 * len(names), alt, [*parts, *legend(names, 248)]), alt)


def _corner(weights: tuple[float, float, float]) -> Place:
    """Place weights in the triangle: the first head at the left, the second at the right, the third on top."""
    first, second, third = weights
    return 110 * first + 370 * second + 240 * third, 220 * (first + second) + 20 * third


def _ranks(a: Assurance, w: WeightTests) -> Chart:
    alt = "How often each bid takes each rank over weights drawn evenly; the table has the figures"
    shown = [name for _, name in a.bids[:MOST_BIDS]]
    parts = list(_axis(34 * len(shown)))
    for at, name in enumerate(shown):
        parts.append(text(_LEFT + 4, 34 * at + 12, cut(name, 60)))
        start = 0.0
        for rank, share in enumerate(w.ranks.shares[at]):
            width = (_RIGHT - _LEFT) * share
            if width >= 0.05:
                parts.append(box(_LEFT + start, 34 * at + 17, width, 12, _shade(rank, len(a.bids))))
            start += width
    return Chart(svg(34 * len(shown) + 20, alt, parts), alt)


def _shade(rank: int, ranks: int) -> str:
    """Return a shade from the darkest for the first rank to the lightest for the last."""
    light = rank / max(ranks - 1, 1)
    ends = [(int(TEAL[at : at + 2], 16), int("dfe9e9"[at - 1 : at + 1], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(dark + (pale - dark) * light):02x}" for dark, pale in ends)
