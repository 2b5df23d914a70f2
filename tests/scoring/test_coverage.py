"""Who may score what against the quorum, and what would mend a lot that is short."""

from __future__ import annotations

from dataclasses import replace

from scoring.coverage import Pair, Scorer, coverage
from tests import factories

FILE = factories.tender_file()
CRITERIA = ("delivery", "workforce", "social")
ANSWERS = tuple((bid.id, name) for bid in FILE.bids for name in CRITERIA)
ALL = frozenset(ANSWERS)


def without(*bids: str) -> frozenset[Pair]:
    return frozenset(pair for pair in ALL if pair[0] not in bids)


def panel(*extra: Scorer, number: int = 3) -> list[Scorer]:
    return [*(Scorer(f"Member {at}", ALL) for at in range(number)), *extra]


def test_a_full_panel_meets_the_quorum_of_every_question() -> None:
    found = coverage(FILE, ANSWERS, panel())
    assert [(lot.lot, lot.bids, lot.quorum, lot.short) for lot in found] == [
        ("adult", 3, 3, False), ("children", 2, 3, False),
    ]  # fmt: skip
    assert [(row.criterion, row.fewest) for row in found[0].rows] == [(name, 3) for name in CRITERIA]


def test_the_bid_with_the_fewest_counts_and_only_its_lot_is_short() -> None:
    found = coverage(FILE, ANSWERS, panel(Scorer("Ada", without("adult-beacon")), number=2))
    assert [lot.short for lot in found] == [True, False]
    assert {row.fewest for row in found[0].rows} == {2}
    assert dict(found[0].rows[0].by_bid) == {"adult-beacon": 2, "adult-harbour": 3, "adult-quayside": 3}


def test_who_has_still_to_declare_and_who_waits_for_a_decision_is_named() -> None:
    silent = Scorer("Ada", could=ALL, silent=True)
    pending = Scorer(
        "Ben", without("adult-beacon"), frozenset(("adult-beacon", name) for name in CRITERIA), undecided=True
    )
    adult, children = coverage(FILE, ANSWERS, panel(silent, pending, number=1))
    assert adult.mends == (
        "Ada has still to declare interests", "An officer decides about the interest that Ben declared",
    )  # fmt: skip
    assert children.mends == ("Ada has still to declare interests",)


def test_where_nobody_is_left_another_evaluator_is_asked_for_by_question() -> None:
    one = Scorer("Ada", frozenset(pair for pair in ALL if pair[1] == "social"))
    adult, _ = coverage(FILE, ANSWERS, panel(one, number=2))
    assert adult.mends == (
        "1 evaluator more for “How the service is delivered” and “Who delivers it”, without an interest in any of its "
        "tenderers",
    )


def test_an_answer_that_is_not_to_be_scored_asks_for_nobody() -> None:
    found = coverage(FILE, [pair for pair in ANSWERS if pair[0] != "adult-beacon"],
                     panel(Scorer("Ada", without("adult-beacon")), number=2))  # fmt: skip
    assert [lot.short for lot in found] == [False, False]


def test_a_lot_without_bids_has_nothing_to_cover() -> None:
    file = replace(FILE, bids=tuple(bid for bid in FILE.bids if bid.lot == "adult"))
    _, children = coverage(file, [pair for pair in ANSWERS if pair[0].startswith("adult")], panel())
    assert (children.rows, children.bids, children.short) == ((), 0, False)
