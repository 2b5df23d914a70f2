"""Margin of victory, single scores and the panel in words."""

from __future__ import annotations

from fractions import Fraction

from lots.words import counted, listed
from scoring.assurance.assure import Assurance, ScoreTests
from scoring.assurance.bidders import PriceMove
from scoring.assurance.margin import Margin
from scoring.assurance.panel import PanelTests, Without
from scoring.assurance.scores import AwardMove, ScoreMove
from scoring.assurance.words import Table, change, counted_marks, marks, percent, pounds

MOST_ROWS = 10
_NONE = "none"
ON_MEANS = (
    "Here every criterion counts with the mean of the evaluators’ own scores, whatever the panel agreed afterwards: it "
    "shows how much the result owes to one person, and it is not the award.",
)


# --- margin -------------------------------------------------------------------------------------------------


def margin(a: Assurance) -> str:
    """Say how far ahead the first bid is."""
    if not a.margins:
        return f"{a.winner} is the only bid ranked, so nobody is behind it."
    second = a.margins[0]
    how = "in the method’s figure" if a.whole_method else "ahead"
    if not second.behind:
        return f"{a.winner} and {second.name} have exactly the same total: the published list of tie-breaks decided."
    gap = f"{marks(second.behind)} {how}" if a.whole_method else f"{counted_marks(second.behind)} {how}"
    return f"{a.winner} is {gap} of {second.name}. The table shows the smallest change that would reverse it."


def margin_tables(a: Assurance) -> tuple[Table, ...]:
    """Set out the smallest change of each kind for each runner-up, and the winner's own price."""
    if not a.margins:
        return ()
    heads = ("Runner-up", "Behind by", "One score", "One weight", "Its price", "Without one evaluator")
    rows = tuple(_margin_row(each) for each in a.margins)
    own = a.bidders.prices[0] if a.bidders and a.bidders.prices else None
    tables = [Table("The smallest change that puts each runner-up level or ahead", heads, rows)]
    if own:
        columns = ("First bid", "Its price", "It stops being first at", "Then first")
        row = (own.name, pounds(own.price), _price_cell(own), a.name(own.first) or ("a tie" if own.moved_to else ""))
        tables.append(Table("The first bid’s own price", columns, (row,)))
    return tuple(tables)


def _margin_row(row: Margin) -> tuple[str, ...]:
    return (
        row.name,
        marks(row.behind),
        _move_words(row.score) if row.score else _NONE,
        f"{row.weight.title} {change(row.weight.change)}" if row.weight else _NONE,
        _price_cell(row.price) if row.price else _NONE,
        listed(row.absences) or _NONE,
    )


def _price_cell(move: PriceMove) -> str:
    if move.moved_to is None:
        return "no price"
    more = move.moved_to > move.price
    return f"{pounds(move.moved_to)} ({pounds(abs(move.moved_to - move.price))} {'more' if more else 'less'})"


def _move_words(move: ScoreMove) -> str:
    whose = f"{move.evaluator}’s score" if move.evaluator else "score"
    return f"{move.name}, {move.title}: {whose} {move.given} becomes {move.moved_to}"


# --- scores -------------------------------------------------------------------------------------------------


def scores(a: Assurance) -> str:
    """Say whether one score, one level different, would change the first place."""
    assert a.scores
    kind = "individual scores" if a.by_mean else "agreed scores"
    one = len(a.scores.one_level)
    if not a.scores.tried:
        return "No criterion of this lot is scored by the panel, so no score could change the first place."
    if one:
        each, these = ("any one of them", "these scores") if one > 1 else ("it", "this score")
        return (
            f"Of {a.scores.tried} {kind}, {one} would change the first place if {each} were one level different. "
            f"Make sure that the reasons on file carry {these}."
        )
    rest = f" It would take {_levels(a.scores.moves[0])}." if a.scores.moves else ""
    return f"None of the {a.scores.tried} {kind} would change the first place if it were one level different.{rest}"


def _levels(move: ScoreMove) -> str:
    return f"{counted(move.levels, 'level')} on a single score at least"


def score_tables(a: Assurance) -> tuple[Table, ...]:
    """List the scores whose move changes the first place, fewest levels first."""
    assert a.scores
    return (*_move_table(a, a.scores), *_award_table(a, a.scores))


def _move_table(a: Assurance, tests: ScoreTests) -> tuple[Table, ...]:
    if not tests.moves:
        return ()
    heads = ("Bid", "Criterion", *(("Evaluator",) if a.by_mean else ()), "Score", "Instead", "Then first")
    rows = tuple(_score_row(a, move) for move in tests.moves[:MOST_ROWS])
    return (Table("Scores on which the first place hangs", heads, rows),)


def _award_table(a: Assurance, tests: ScoreTests) -> tuple[Table, ...]:
    """Gather one-level moves by what they would do to the recommendations of all lots, under the limit on lots."""
    found: dict[str, list[str]] = {}
    for move in tests.awards or ():
        moved = f"{move.name}, {move.title}: {move.given} becomes {move.moved_to}"
        found.setdefault(_awards(a, move), []).append(moved)
    rows = tuple((effect, "; ".join(moves)) for effect, moves in found.items())
    heads = ("What would then be recommended", "Any one of these scores")
    return (Table("One level that changes a recommendation under the limit on lots", heads, rows),) if rows else ()


def _awards(a: Assurance, move: AwardMove) -> str:
    titles = dict(a.lots)
    found = (f"{titles[lot]}: {a.anybody(new)} instead of {a.anybody(old)}" for lot, old, new in move.changes)
    return "; ".join(found)


def _score_row(a: Assurance, move: ScoreMove) -> tuple[str, ...]:
    who = (move.evaluator,) if a.by_mean else ()
    then = a.name(move.first) or _nobody(move)
    return (move.name, move.title, *who, str(move.given), str(move.moved_to), then)


def _nobody(move: ScoreMove) -> str:
    return f"nobody yet: {move.why[:1].lower()}{move.why[1:]}" if move.why else "a bid that is now out"


def notes(a: Assurance) -> tuple[str, ...]:
    """Say what was tried, what is left out of the table, and how few changes together suffice."""
    assert a.scores
    how = "Each change was judged by evaluating the whole lot again, minimum scores, prices and tie-breaks included."
    found = [how]
    found += _award_notes(a.scores)
    left = len(a.scores.moves) - MOST_ROWS
    if left > 0:
        found.append(f"{counted(left, 'more score')} of this kind {'is' if left == 1 else 'are'} not listed.")
    counts = [each for each in a.scores.fewest if each.changes is not None]
    if counts and not a.scores.one_level:
        least = min(counts, key=lambda each: each.changes or 0)
        found.append(
            f"Spread over several scores, {counted(least.changes or 0, 'change')} of one level could bring "
            f"{least.name} level or ahead (minimum scores left aside)."
        )
    return tuple(found)


def _award_notes(tests: ScoreTests) -> list[str]:
    if tests.awards is None:
        return []
    if not tests.awards:
        return ["No one-level change of one score here changes a recommendation for any lot, under the limit on lots."]
    return ["Under the limit on lots a score in this lot may also change who is recommended for another lot."]


# --- panel --------------------------------------------------------------------------------------------------


def panel(a: Assurance) -> str:
    """Say what one evaluator's absence would do, on the individual scores."""
    if a.panel is None:
        return "Fewer than two evaluators scored this lot, so nobody can be left out."
    first = a.panel.everybody.first
    start = f"On the means of the evaluators’ own scores {_who(a, a.panel.everybody)}"
    if first and first != a.bids[0][0]:
        start += f" (on the agreed scores it is {a.winner})" if not a.by_mean else ""
    moved = [each.name for each in a.panel.without if each.first != first]
    if moved:
        return f"{start}. Without {listed(moved, 'or')} that would be different."
    return f"{start}, and no one evaluator’s absence changes that."


def _who(a: Assurance, each: Without) -> str:
    return f"{a.name(each.first)} comes first" if each.first else f"nobody comes first: {each.why}"


def panel_tables(a: Assurance) -> tuple[Table, ...]:
    """Set out who comes first without each evaluator, and over all panels drawn again."""
    if a.panel is None:
        return ()
    rows = tuple(_absence_row(a, each) for each in (a.panel.everybody, *a.panel.without))
    found = [Table("First place on the individual scores", ("Evaluators", "First", "Ahead by"), rows)]
    return (*found, *_resampled_table(a, a.panel))


def _absence_row(a: Assurance, each: Without) -> tuple[str, str, str]:
    who = f"Without {each.name}" if each.evaluator else "Everybody"
    return who, a.name(each.first) or f"nobody: {each.why}", "" if each.margin is None else marks(each.margin)


def _resampled_table(a: Assurance, tests: PanelTests) -> tuple[Table, ...]:
    drawn = tests.resampled
    if drawn is None:
        return ()
    rows = [(a.name(bid), percent(share)) for bid, share in drawn.first if share]
    rows += [("a tie", percent(drawn.tied))] if drawn.tied else []
    left = "" if drawn.usable == Fraction(1) else f", counting the {percent(drawn.usable)} in which all was scored"
    caption = f"First place over all {drawn.panels:,} panels drawn from these evaluators, with repeats{left}"
    return (Table(caption, ("Tenderer", "Comes first in"), tuple(rows)),)
