"""What the other bids and another price formula would do, in words."""

from __future__ import annotations

from lots.words import listed
from scoring.assurance.assure import Assurance
from scoring.assurance.bidders import ExtraBid, OtherFormula
from scoring.assurance.words import Table, pounds


def bids(a: Assurance) -> str:
    """Say whether the first place hangs on a bid that does not win."""
    assert a.bidders
    if not a.bidders.left_out:
        return "There is no losing bid to leave out."
    moved = [(each.name, a.name(each.first) or "nobody") for each in a.bidders.left_out if each.first != a.bids[0][0]]
    if moved:
        found = listed(f"{first} without {gone}’s bid" for gone, first in moved)
        text = f"The first place hangs on a bid that does not win. First would be: {found}."
    else:
        text = "Leaving out any one losing bid changes nothing about the first place."
    return f"{text} {_extra(a, a.bidders.extra)}"


def _extra(a: Assurance, extra: ExtraBid) -> str:
    if not extra.applies:
        return "No price mark depends on another bid’s price, so one more bid could not change it either."
    if extra.price is None:
        return "No price of one more bid that loses would have changed it."
    way = "or more" if extra.dearer else "or less"
    return (
        f"One more bid without any quality, at {pounds(extra.price)} {way}, would have put {a.name(extra.first)} first "
        "without winning: that is how this price formula works."
    )


def bid_tables(a: Assurance) -> tuple[Table, ...]:
    """List who comes first without each losing bid."""
    assert a.bidders
    rows = tuple((f"Without {each.name}", a.name(each.first) or "a tie") for each in a.bidders.left_out)
    return (Table("Losing bids left out, prices judged again", ("Bids", "First"), rows),) if rows else ()


def formulas(a: Assurance) -> str:
    """Say under how many other formulas another bid would come first."""
    assert a.bidders
    usable = [each for each in a.bidders.formulas if each.first and not each.published]
    if not usable:
        return "The published method shares out no weight for price, so no other formula can be put in its place."
    others = [each for each in usable if each.first != a.bids[0][0]]
    tried = f"Of {len(usable)} other formulas that could be used with the published weights"
    if not others:
        return f"{tried}, every one puts {a.winner} first."
    same = len(usable) - len(others)
    return f"{tried}, {same} put {a.winner} first and {len(others)} another bid. Only the published one counts."


def formula_tables(a: Assurance) -> tuple[Table, ...]:
    """List who comes first under each formula, and why a formula could not be used."""
    assert a.bidders
    rows = tuple((_title(each), each.terms, a.name(each.first) or f"– ({each.why})") for each in a.bidders.formulas)
    return (Table("First place under other price formulas", ("Formula", "Used", "First"), rows),) if rows else ()


def _title(each: OtherFormula) -> str:
    return f"{each.title} (published)" if each.published else each.title
