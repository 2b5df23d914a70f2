"""Placing ring-fenced money: the most that fits is the tightest cut, and the cut is the reason given.

Figures of the first tests: Avon and Somerset OPCC, Victim Services Recommissioning: Strategy and Intentions, the
tables of “Budget and Financial Planning” and “Lotting Strategy”.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.funding import Funding, FundingLine, FundingSource, parcels
from lots.lot import Lot
from lots.money import ZERO, Money, total
from lots.placement import Placed, PlacementError, place

Row = tuple[str, int, tuple[str, ...]]


def gbp(text: str) -> Money:
    return Money.parse(text)


def funding(*rows: tuple[str, Money, tuple[str, ...]]) -> Funding:
    return Funding(
        tuple(
            FundingSource(id_, id_.upper(), id_, (FundingLine(1, amount),), ring_fenced_to=fence)
            for id_, amount, fence in rows
        )
    )


def lots(**budgets: Money) -> tuple[Lot, ...]:
    return tuple(Lot(id_, id_.title(), budget) for id_, budget in budgets.items())


ISVA = ("isva",)
STACK = funding(
    ("opcc", gbp("245550.96"), ()),
    ("nhse", gbp("128139"), ISVA),
    ("formula", gbp("1069841.02"), ()),
    ("core", gbp("68967"), ()),
    ("moj isva", gbp("495978"), ISVA),
)
LOTS = lots(slavery=gbp("30000"), cyp=gbp("250000"), adult=gbp("738000"), isva=gbp("990000"))


# --- the document's own money -------------------------------------------------------------------------------


def test_the_documents_money_fills_every_lot_and_leaves_475_pounds_98() -> None:
    result = place(STACK, LOTS)
    assert (result.placed, result.left) == (gbp("2008000"), gbp("475.98"))
    assert (result.placeable, result.fills_every_lot, result.findings) == (True, True, ())
    assert [row for row in result.rows if row.source in ("nhse", "moj isva")] == [
        Placed("moj isva", "isva", gbp("495978")),
        Placed("nhse", "isva", gbp("128139")),
    ]


def test_an_isva_budget_of_half_a_million_cannot_take_its_ring_fenced_money() -> None:
    result = place(STACK, (*LOTS[:3], Lot("isva", "ISVA", gbp("500000"))))
    (binding,) = result.stranded
    assert (binding.sources, binding.lots, binding.amount) == (("moj isva", "nhse"), ISVA, gbp("124117"))
    assert [(it.code, it.severity, it.message) for it in result.findings] == [
        (
            "ring_fence_stranded",
            "error",
            "£624,117 of MOJ ISVA and NHSE money may only be spent on ISVA, whose budget is £500,000: "
            "£124,117 cannot be placed.",
        )
    ]
    assert (result.placeable, result.fills_every_lot, result.left) == (False, True, gbp("366358.98"))


def test_adding_up_would_not_notice_that_money_sits_on_the_wrong_lot() -> None:
    """Income equals budgets here, and still £10 is stranded on one lot while £10 is missing on the other."""
    result = place(funding(("a", gbp("60"), ISVA), ("b", gbp("40"), ())), lots(isva=gbp("50"), adult=gbp("50")))
    assert [(it.kind, it.sources, it.lots, it.amount) for it in (*result.stranded, *result.missing)] == [
        ("stranded", ("a",), ISVA, gbp("10")),
        ("missing", ("b",), ("adult",), gbp("10")),
    ]


def test_without_both_uplifts_every_lot_competes_for_what_is_left() -> None:
    result = place(STACK, LOTS, without=frozenset({"core", "moj isva"}))
    (binding,) = result.missing
    assert (binding.lots, binding.amount) == (("adult", "cyp", "isva", "slavery"), gbp("564469.02"))
    assert binding.message == (
        "Adult, Cyp, Isva and Slavery need £2,008,000, and only £1,443,530.98 may be spent there "
        "(from FORMULA, NHSE and OPCC): £564,469.02 is missing."
    )


# --- rearranging, groups and edges --------------------------------------------------------------------------


def test_money_already_placed_moves_over_when_that_makes_room() -> None:
    """“a” may go to either lot, “b” to x only, “c” to a third that “a” must not take: a chain of moves."""
    rows = (("a", gbp("10"), ("x", "y")), ("b", gbp("10"), ("x",)), ("c", gbp("10"), ("y", "z")))
    result = place(funding(*rows), lots(x=gbp("10"), y=gbp("10"), z=gbp("10")))
    assert result.rows == (
        Placed("a", "y", gbp("10")),
        Placed("b", "x", gbp("10")),
        Placed("c", "z", gbp("10")),
    )


def test_ring_fenced_money_goes_before_money_that_could_go_anywhere() -> None:
    rows = (("free", gbp("10"), ()), ("tied", gbp("10"), ("x",)))
    result = place(funding(*rows), lots(x=gbp("10")))
    assert (result.rows, result.left, result.placeable) == ((Placed("tied", "x", gbp("10")),), gbp("10"), True)


def test_reasons_that_have_nothing_to_do_with_one_another_are_told_apart() -> None:
    rows = (("a", gbp("15"), ("x",)), ("b", gbp("12"), ("y",)), ("c", gbp("1"), ("y", "z")))
    result = place(funding(*rows), lots(x=gbp("10"), y=gbp("10"), z=gbp("5")))
    assert [(it.sources, it.lots, it.amount) for it in result.stranded] == [
        (("a",), ("x",), gbp("5")),
        (("b",), ("y",), gbp("2")),
    ]
    assert [(it.sources, it.lots, it.amount) for it in result.missing] == [(("c",), ("z",), gbp("4"))]


def test_overlapping_ring_fences_bind_together_and_no_budget_is_counted_twice() -> None:
    rows = (("a", gbp("15"), ("x",)), ("b", gbp("12"), ("x", "y")))
    (binding,) = place(funding(*rows), lots(x=gbp("10"), y=gbp("10"))).stranded
    assert (binding.sources, binding.lots, binding.amount) == (("a", "b"), ("x", "y"), gbp("7"))
    assert binding.message == (
        "£27 of A and B money may only be spent on X and Y, whose budgets come to £20: £7 cannot be placed."
    )


def test_money_for_a_lot_that_is_not_there_is_stranded_whole() -> None:
    (binding,) = place(funding(("a", gbp("15"), ("sarc",))), LOTS[:1]).stranded
    assert (binding.lots, binding.amount) == ((), gbp("15"))
    assert binding.message == (
        "£15 of A money may only be spent on lots that are not in the tender: none of it can be placed."
    )


def test_a_lot_that_no_money_may_pay_for_is_missing_all_of_its_budget() -> None:
    result = place(funding(("a", gbp("15"), ("adult",))), LOTS[2:])
    messages = [it.message for it in result.missing]
    assert messages == [
        "Adult needs £738,000, and only £15 may be spent there (from A): £737,985 is missing.",
        "Isva needs £990,000, and no money may be spent there: all of it is missing.",
    ]


def test_a_line_tied_to_a_lot_stays_there_even_when_its_source_is_free() -> None:
    lines = (FundingLine(1, gbp("5"), "x"), FundingLine(1, gbp("5")), FundingLine(2, gbp("100")))
    result = place(Funding((FundingSource("a", "A", "A", lines),)), lots(x=gbp("4"), y=gbp("9")))
    assert result.rows == (Placed("a", "x", gbp("4")), Placed("a", "y", gbp("5")))
    assert [it.amount for it in result.stranded] == [gbp("1")]


def test_a_source_and_a_lot_may_share_an_id_without_sharing_a_title() -> None:
    same = Funding((FundingSource("isva", "ISVA uplift", "MoJ", (FundingLine(1, gbp("2")),), ISVA),))
    (binding,) = place(same, (Lot("isva", "ISVA service", gbp("1")),)).stranded
    assert binding.message.startswith("£2 of ISVA uplift money may only be spent on ISVA service,")


@pytest.mark.parametrize(("amount", "budget"), [(-1, 5), (5, -1)])
def test_negative_money_and_negative_budgets_are_refused_by_name(amount: int, budget: int) -> None:
    with pytest.raises(PlacementError, match="money can only be placed from £0 up, so mend it first"):
        place(funding(("a", Money(amount), ())), lots(x=Money(budget)))


def test_no_money_and_no_lots_place_nothing() -> None:
    assert place(Funding(), ()).placed == ZERO
    assert place(Funding(), LOTS[:1]).missing[0].amount == gbp("30000")


# --- for every stack ----------------------------------------------------------------------------------------

IDS = ("p", "q", "r", "s", "t")
stacks = st.lists(st.tuples(st.integers(0, 30), st.sets(st.sampled_from((*IDS, "elsewhere")), max_size=4)), max_size=6)
budgets = st.dictionaries(st.sampled_from(IDS), st.integers(0, 30), max_size=5)


def built(rows: Sequence[tuple[int, set[str]]], needs: dict[str, int]) -> tuple[Funding, tuple[Lot, ...]]:
    money = funding(*((f"s{n}", Money(pence), tuple(sorted(fence))) for n, (pence, fence) in enumerate(rows)))
    return money, lots(**{id_: Money(pence) for id_, pence in needs.items()})


def smallest_cut(rows: Sequence[tuple[int, set[str]]], needs: dict[str, int]) -> int:
    """Try every set of sources: the money outside it, plus the lots it may use (Hall’s theorem, with deficiency)."""
    cuts = []
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            reach = {lot for _, fence in chosen for lot in needs if not fence or lot in fence}
            kept = sum(pence for pence, _ in chosen)
            cuts.append(sum(pence for pence, _ in rows) - kept + sum(needs[lot] for lot in reach))
    return min(cuts)


@settings(max_examples=300, deadline=None)
@given(stacks, budgets)
def test_what_is_placed_is_the_smallest_cut(rows: list[tuple[int, set[str]]], needs: dict[str, int]) -> None:
    result = place(*built(rows, needs))
    assert result.placed == Money(smallest_cut(rows, needs))
    fenced = [row for row in rows if row[1]]
    assert total(it.amount for it in result.stranded) == Money(
        sum(pence for pence, _ in fenced) - smallest_cut(fenced, needs)
    )
    assert total(it.amount for it in result.missing) == Money(sum(needs.values())) - result.placed


@settings(max_examples=200, deadline=None)
@given(stacks, budgets)
def test_no_penny_is_lost_and_none_is_spent_where_it_may_not_be(
    rows: list[tuple[int, set[str]]], needs: dict[str, int]
) -> None:
    money, tender = built(rows, needs)
    result = place(money, tender)
    fences = {it.id: set(it.ring_fenced_to) for it in money.sources}
    income = total(it.amount for it in parcels(money, 1))
    assert result.placed + result.left + total(it.amount for it in result.stranded) == income
    for lot in tender:
        assert total(row.amount for row in result.rows if row.lot == lot.id) <= lot.annual_budget
    assert all(row.amount > ZERO and (not fences[row.source] or row.lot in fences[row.source]) for row in result.rows)
    for source in money.sources:
        assert total(row.amount for row in result.rows if row.source == source.id) <= source.lines[0].amount


@settings(max_examples=200, deadline=None)
@given(stacks, budgets)
def test_every_reason_closes_by_itself(rows: list[tuple[int, set[str]]], needs: dict[str, int]) -> None:
    money, tender = built(rows, needs)
    result = place(money, tender)
    fences = {it.id: set(it.ring_fenced_to) & set(needs) for it in money.sources}
    for it in result.stranded:
        assert it.money - it.budgets == it.amount > ZERO
        assert set().union(*(fences[source] for source in it.sources)) == set(it.lots)
    for it in result.missing:
        assert it.budgets - it.money == it.amount > ZERO
    for one, other in pairwise(result.stranded):
        assert not set(one.lots) & set(other.lots)


@settings(max_examples=150, deadline=None)
@given(stacks, budgets, st.data())
def test_the_order_of_sources_and_lots_changes_nothing(
    rows: list[tuple[int, set[str]]], needs: dict[str, int], data: st.DataObject
) -> None:
    money, tender = built(rows, needs)
    sources = data.draw(st.permutations(money.sources))
    assert place(Funding(tuple(sources)), data.draw(st.permutations(tender))) == place(money, tender)
