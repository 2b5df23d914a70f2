"""What follows from moving the weights, in words."""

from __future__ import annotations

from fractions import Fraction

from lots.words import listed
from scoring.assurance.assure import Assurance, WeightTests
from scoring.assurance.weights import WeightRange
from scoring.assurance.words import Table, down, percent, points, weight

MOST_RANKS = 6


def ranges(a: Assurance, w: WeightTests) -> str:
    """Say which single weight is nearest to reversing the result."""
    ends = [(each, each.nearest) for each in w.ranges]
    near = min(((row, end) for row, end in ends if end), key=lambda it: abs(it[1][0]), default=None)
    start = "Each weight is moved alone, the others keeping their proportions."
    if near is None:
        return f"{start} Whatever weight any one criterion had, {a.winner} would come first."
    row, (moved, rival) = near
    return (
        f"{start} The nearest reversal is {row.title}: at {weight_at(row.weight + moved)} instead of "
        f"{weight(row.weight)}, {a.name(rival)} draws level."
    )


def weight_at(figure: Fraction) -> str:
    """Write a limit to two places."""
    return f"{float(figure):.2f}"


def range_tables(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    """Set out the range of every criterion and branch."""
    heads = ("Criterion", "Published weight", f"{a.winner} stays first from", "to", "Outside, first")
    rows = tuple(_range_row(a, each) for each in w.ranges)
    return (Table("Weights within which the result stands", heads, rows),)


def _range_row(a: Assurance, row: WeightRange) -> tuple[str, ...]:
    others = dict.fromkeys(a.name(bid) for bid in (row.below, row.above) if bid)
    low, high = weight_at(row.low) if row.below else "0", weight_at(row.high) if row.above else "100"
    return row.title, weight(row.weight), low, high, listed(others, "or") or "nobody else"


def together(a: Assurance, w: WeightTests) -> str:
    """Say the guaranteed radius, with the chance beside it."""
    if w.radius.percent is None:
        return f"Whatever weights all the criteria had together, {a.winner} would still come first."
    sure = down(w.radius.percent)
    points = f" (or by {down(w.radius.points, 2)} points)" if w.radius.points is not None else ""
    rival = a.name(w.radius.percent_rival)
    return (
        f"However all weights are moved by up to {sure} % of themselves{points}, {a.winner} certainly stays first. "
        f"Just beyond, some weights put {rival} level."
    )


def reach_tables(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    """Set the guarantee and the chance side by side; then the nearest weights that reverse the result."""
    heads = ("All weights moved by up to", "Certain?", f"{a.winner} first in")
    rows = tuple(
        (f"±{reach} %", "certain" if _certain(w, reach) else "not certain", percent(share))
        for reach, share in w.around.stays
    )
    found = [Table("Guarantee and chance side by side", heads, rows)]
    if w.nearest:
        moved = zip(w.criteria, w.published, w.nearest.weights, strict=True)
        lines = tuple((title, weight(was), f"{now:.2f}") for (_, title), was, now in moved)
        caption = f"The nearest weights at which {a.name(w.nearest.rival)} draws level"
        found.append(Table(caption, ("Criterion", "Published weight", "Nearest reversal"), lines))
    return tuple(found)


def _certain(w: WeightTests, reach: int) -> bool:
    return w.radius.percent is None or reach < w.radius.percent


def reach_notes(a: Assurance, w: WeightTests) -> tuple[str, ...]:
    """Say how the two columns differ."""
    return (
        f"“Certain” is worked out exactly. The other column counts {w.around.draws:,} draws with a fixed seed and is "
        f"right to within {points(w.around.error)}, 95 times in 100. Draws alone can say 100 % where a rival provably "
        "wins for some weights: rely on the certain reach.",
    )


# --- no weights at all --------------------------------------------------------------------------------------


def chance(a: Assurance, w: WeightTests) -> str:
    """Say how often the winner comes first when every set of weights is as likely as any other."""
    share = w.ranks.shares[0][0]
    equally = "If every possible set of weights were as likely as any other"
    text = f"{equally}, {a.winner} would come first in {percent(share)}."
    if w.areas:
        heads = listed(w.areas.heads)
        first = percent(w.areas.areas[0].share)
        text += f" Of all ways to divide the weight between the three heads ({heads}), it comes first in {first}."
    return text


def chance_tables(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    """Set out ranks, pairs, the three heads, and the middle of each bid's winning weights."""
    return (*_rank_table(a, w), *_pair_table(a, w), *_area_table(a, w), *_line_table(a, w), *_central_table(a, w))


def _rank_table(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    count = min(len(a.bids), MOST_RANKS)
    heads = ("Tenderer", *(f"Rank {rank + 1}" for rank in range(count)))
    rows = tuple(
        (name, *(percent(share) for share in row[:count]))
        for (_, name), row in zip(a.bids, w.ranks.shares, strict=True)
    )
    return (Table("How often each bid takes each rank", heads, rows[:MOST_RANKS]),)


def _pair_table(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    if not w.pairs:
        return ()
    rows = tuple((name, percent(p)) for (_, name), p in zip(a.bids[1:], w.pairs[0][1:], strict=True))
    return (Table(f"How often {a.winner} beats each rival (exact)", ("Rival", "Beaten in"), rows[:MOST_RANKS]),)


def _area_table(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    if not w.areas:
        return ()
    heads = ("Tenderer", "First in", *(f"{title} in the middle of it" for title in w.areas.heads))
    rows = []
    for area in w.areas.areas:
        if area.centre:
            rows.append((a.name(area.bid), percent(area.share), *(weight(100 * part) for part in area.centre)))
    return (Table("Divisions between the three heads (exact)", heads, tuple(rows)),)


def _line_table(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    if not w.lines:
        return ()
    ends = [at for at, _ in w.lines.firsts[1:]] + [Fraction(100)]
    rows = tuple(
        (a.name(bid), weight_at(start), weight_at(end)) for (start, bid), end in zip(w.lines.firsts, ends, strict=True)
    )
    return (Table("Who comes first at which weight of price (exact)", ("First", "From", "To"), rows),)


def _central_table(a: Assurance, w: WeightTests) -> tuple[Table, ...]:
    firsts = [at for at, row in enumerate(w.ranks.shares) if row[0]][:4]
    heads = ("Criterion", "Published", *(a.bids[at][1] for at in firsts))
    rows = tuple(
        (title, weight(w.published[k]), *(weight(100 * w.ranks.central[at][k]) for at in firsts))
        for k, (_, title) in enumerate(w.criteria)
    )
    return (Table("The middle of the weights that put each bid first", heads, rows),) if firsts else ()


def chance_notes(w: WeightTests) -> tuple[str, ...]:
    """Say how the draws were made and how far they can be off."""
    return (
        f"Ranks and middles come from {w.ranks.draws:,} draws with the fixed seed {w.ranks.seed}; a share is right to "
        f"within {points(w.ranks.error)}, 95 times in 100. Here each criterion’s weight could be anything; the "
        "published weights are the ones that decide.",
    )
