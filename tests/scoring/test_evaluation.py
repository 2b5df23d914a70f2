"""The order of work, step by step: who is out and when, what it does to the others, and what a lot waits for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.bid import Payment, RequirementResponse
from lots.collaboration import CollaborationRules
from lots.money import Money
from scoring.abnormal import Settings
from scoring.criteria import Criterion
from scoring.decision import AdmissionDecision, EnquiryOutcome
from scoring.evaluation import LotEvaluation, NotConfiguredError, evaluate_lot
from scoring.explain import explain_total
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology, TieBreak
from scoring.scale import Level, Scale
from scoring.tender_file import TenderFile
from tests import factories as make

ADULT = ("adult-harbour", "adult-quayside", "adult-beacon")
RELATIVE = PriceMethod("lowest_relative")


def adult(file: TenderFile, **changes: object) -> TenderFile:
    """Change the methodology of the adult lot."""
    methods = tuple(replace(m, **changes) if "adult" in m.lots else m for m in file.methodologies)  # type: ignore[arg-type]
    return replace(file, methodologies=methods)


def with_points(file: TenderFile, bid: str, criterion: str, points: int) -> TenderFile:
    """Change one agreed score."""
    scores = tuple(
        replace(score, points=Decimal(points)) if (score.bid, score.criterion) == (bid, criterion) else score
        for score in file.agreed_scores
    )
    return replace(file, agreed_scores=scores)


def with_bid(file: TenderFile, bid_id: str, **changes: object) -> TenderFile:
    """Change one bid."""
    return replace(file, bids=tuple(replace(b, **changes) if b.id == bid_id else b for b in file.bids))  # type: ignore[arg-type]


def priced(file: TenderFile, bid_id: str, pounds: int) -> TenderFile:
    """Change what a bid asks for each year, keeping its split in proportion."""
    bid = next(b for b in file.bids if b.id == bid_id)
    price = Money.pounds(pounds)
    keeps, fee = Money(price.pence * 60 // 100), Money(price.pence * 5 // 100)
    years = len(bid.prices)
    assert bid.split is not None
    pays = Payment(bid.tenderer, bid.split.payments[0].payee, (price - keeps - fee,) * years)
    split = replace(bid.split, delivery=(keeps,) * years, management_fee=(fee,) * years, payments=(pays,))
    return with_bid(file, bid_id, prices=(price,) * years, split=split)


def out(lot: LotEvaluation) -> dict[str, tuple[str, list[str]]]:
    """Map excluded bids to the step and the codes of the reasons."""
    return {
        result.bid.id: (result.exclusion.stage, [reason.code for reason in result.exclusion.reasons])
        for result in lot.results
        if result.exclusion
    }


def ranks(lot: LotEvaluation) -> list[tuple[str, int]]:
    return [(place.bid, place.rank) for place in lot.ranking.places]


def test_marks_totals_and_ranks_follow_the_published_method() -> None:
    """By hand: weights delivery 36, workforce 24, social value 10, price 30 on a line from 450,000 to 900,000."""
    lot = evaluate_lot(make.tender_file(), "adult")
    harbour = lot.result("adult-harbour")
    assert [row.marks for row in harbour.rows] == [36, Fraction(96, 5), 6]
    assert harbour.price_marks == Fraction(30) * (900_000 - 870_000) / 450_000 == 2
    assert {result.bid.id: result.total for result in lot.results} == {
        "adult-harbour": Fraction(316, 5),
        "adult-quayside": Fraction(108, 5) + Fraction(96, 5) + 8 + Fraction(24, 5),
        "adult-beacon": Fraction(144, 5) + Fraction(72, 5) + 4 + Fraction(1, 10),
    }
    assert ranks(lot) == [("adult-harbour", 1), ("adult-quayside", 2), ("adult-beacon", 3)]
    assert (lot.waiting, out(lot), lot.recomputations) == ((), {}, ())


def test_a_bid_received_exactly_at_the_deadline_is_late() -> None:
    late = with_bid(make.tender_file(), "adult-harbour", received_at=make.DEADLINE)
    in_time = with_bid(make.tender_file(), "adult-harbour", received_at=make.DEADLINE - timedelta(microseconds=1))
    assert out(evaluate_lot(late, "adult")) == {"adult-harbour": ("admission", ["late"])}
    assert out(evaluate_lot(in_time, "adult")) == {}


def test_withdrawn_and_unmet_requirements_keep_a_bid_out_and_unscored() -> None:
    withdrawn = datetime(2024, 9, 27, 9, 0, tzinfo=UTC)
    file = with_bid(make.tender_file(), "adult-harbour", withdrawn_at=withdrawn)
    file = with_bid(
        file, "adult-beacon", responses=(RequirementResponse("safeguarding", False, "last reviewed in 2019"),)
    )
    lot = evaluate_lot(file, "adult")
    assert out(lot) == {
        "adult-harbour": ("admission", ["withdrawn"]),
        "adult-beacon": ("admission", ["requirement_not_met"]),
    }
    exclusion = lot.result("adult-beacon").exclusion
    assert exclusion is not None
    assert exclusion.sentence == (
        "The mandatory requirement “A safeguarding policy reviewed within a year” is not met: last reviewed in 2019."
    )
    assert lot.result("adult-harbour").rows == ()


def test_an_admission_decision_to_exclude_is_followed() -> None:
    decision = AdmissionDecision(
        "adult-beacon", "exclude", "admission", "Conflict of interest.", date(2024, 9, 30), "chair"
    )
    lot = evaluate_lot(replace(make.tender_file(), admissions=(decision,)), "adult")
    assert out(lot) == {"adult-beacon": ("admission", ["excluded_by_decision"])}


def test_a_missed_minimum_takes_a_bid_out_and_both_results_are_kept() -> None:
    """The gate failure lifts the lowest price out of a relative formula: the winner changes, and it is on file."""
    file = adult(make.tender_file(), price=RELATIVE)
    file = with_points(with_points(file, "adult-beacon", "workforce", 1), "adult-quayside", "delivery", 4)
    file = with_points(file, "adult-quayside", "workforce", 5)
    file = priced(priced(priced(file, "adult-beacon", 105_000), "adult-harbour", 290_000), "adult-quayside", 295_500)
    lot = evaluate_lot(file, "adult")
    assert out(lot) == {"adult-beacon": ("gate", ["minimum_score_missed"])}
    (step,) = lot.recomputations
    assert set(step.before.marks) == set(ADULT)
    assert step.before.marks["adult-harbour"] == Fraction(30 * 105, 290)
    assert step.after.marks == {"adult-harbour": 30, "adult-quayside": Fraction(30 * 290, Fraction(591, 2))}
    assert step.after == lot.round


def test_the_winner_changes_when_a_cheap_failing_bid_leaves_a_relative_formula() -> None:
    """Product brief §3.6: quality (of 60) 48, 51, 20; prices 700k, 760k, 450k; price 40·lowest/own.

    With C in, B wins 74.684 to 73.714; without it A wins 88.000 to 87.842.
    """
    lot = evaluate_lot(three_bids(PriceMethod("lowest_relative")), "adult")
    (step,) = lot.recomputations
    before = {bid: round(total, 3) for bid, total in step.before.totals.items()}
    assert before["adult-quayside"] == Fraction(74684, 1000)
    assert before["adult-harbour"] == Fraction(73714, 1000)
    assert {bid: round(total, 3) for bid, total in step.after.totals.items()} == {
        "adult-harbour": 88,
        "adult-quayside": Fraction(87842, 1000),
    }
    assert (step.before.ranking.first, step.after.ranking.first) == ("adult-quayside", "adult-harbour")
    assert step.winner_changed


def test_no_rejected_bid_changes_the_winner_under_fixed_anchors() -> None:
    fixed = PriceMethod("linear_fixed", (("floor", "450000"), ("ceiling", "900000")))
    (step,) = evaluate_lot(three_bids(fixed), "adult").recomputations
    assert {bid: step.before.totals[bid] for bid in step.after.totals} == dict(step.after.totals)
    assert not step.winner_changed


def three_bids(price: PriceMethod) -> TenderFile:
    """Build the three bids of product brief §3.6 on a scale of 0 to 60, C failing a minimum of 21."""
    scale = Scale("0-60", "0 to 60", tuple(Level(Decimal(n), str(n), f"anchor {n}") for n in range(61)))
    criteria = (
        Criterion("delivery", "Quality", Decimal(60), "quality", scale="0-60", minimum=Decimal(21)),
        Criterion("price", "Price", Decimal(40), "price"),
    )
    file = adult(make.tender_file(ADULT), criteria=criteria, price=price, tie_breaks=(TieBreak("lowest_price"),))
    file = replace(file, scales=(*file.scales, scale))
    for bid, points, pounds in (
        ("adult-harbour", 48, 700_000),
        ("adult-quayside", 51, 760_000),
        ("adult-beacon", 20, 450_000),
    ):
        file = with_bid(with_points(file, bid, "delivery", points), bid, split=None)
        file = with_bid(file, bid, prices=(Money.pounds(pounds), Money(0), Money(0)))
    roomy = make.lot(
        "adult",
        annual_budget=Money.pounds(760_000),
        base_value=Money.pounds(2_280_000),
        maximum_potential_spend=Money.pounds(3_000_000),
        collaboration=CollaborationRules(),
    )
    return replace(file, tender=replace(file.tender, lots=(roomy, *file.tender.lots[1:])))


def test_a_price_over_the_base_value_has_the_published_consequence() -> None:
    over = priced(make.tender_file(), "adult-beacon", 300_001)
    lot = evaluate_lot(over, "adult")
    assert out(lot)["adult-beacon"][0] == "ceiling"
    asked = evaluate_lot(adult(over, over_ceiling="clarify"), "adult")
    assert [finding.code for finding in asked.waiting] == ["clarification_open"]
    assert (asked.ranking.places, asked.recomputations) == ((), ())


def test_a_broken_split_is_rejected_clarified_or_excluded_as_published() -> None:
    file = make.tender_file()
    bid = next(b for b in file.bids if b.id == "adult-beacon")
    assert bid.split is not None
    greedy = tuple(amount + Money.pounds(60_000) for amount in bid.split.delivery)
    payment = bid.split.payments[0]
    less = replace(payment, amounts=tuple(amount - Money.pounds(60_000) for amount in payment.amounts))
    file = with_bid(file, "adult-beacon", split=replace(bid.split, delivery=greedy, payments=(less,)))
    assert out(evaluate_lot(file, "adult")) == {"adult-beacon": ("split", ["lead_retention_exceeded"])}

    lots = tuple(
        replace(lot, collaboration=replace(lot.collaboration, consequence="clarify")) for lot in file.tender.lots
    )
    asked = replace(file, tender=replace(file.tender, lots=lots))
    assert [finding.code for finding in evaluate_lot(asked, "adult").waiting] == ["clarification_open"]
    admit = AdmissionDecision(
        "adult-beacon", "admit", "split", "Mended within five days.", date(2024, 10, 2), "officer"
    )
    assert out(evaluate_lot(replace(asked, admissions=(admit,)), "adult")) == {}
    exclude = replace(admit, decision="exclude", reason="Not mended.")
    kept_out = evaluate_lot(replace(asked, admissions=(exclude,)), "adult")
    assert out(kept_out) == {"adult-beacon": ("split", ["lead_retention_exceeded", "excluded_by_decision"])}


def test_a_low_price_waits_for_its_enquiry_and_is_never_rejected_by_arithmetic() -> None:
    low = priced(make.tender_file(), "adult-quayside", 150_000)
    waiting = evaluate_lot(low, "adult")
    assert [finding.code for finding in waiting.waiting] == ["enquiry_open"]
    outcome = EnquiryOutcome(
        "adult-quayside", date(2024, 10, 1), "Why?", date(2024, 10, 4), "Because.", "explained", "It adds up.",
        date(2024, 10, 8), "officer",
    )  # fmt: skip
    explained = evaluate_lot(replace(low, enquiries=(outcome,)), "adult")
    assert (out(explained), len(explained.ranking.places)) == ({}, 3)
    assert [(e.bid, {t.test for t in e.tests}) for e in explained.enquiries] == [
        ("adult-quayside", {"below_mean_of_others", "below_next", "below_median"})
    ]
    rejected = evaluate_lot(replace(low, enquiries=(replace(outcome, decision="rejected"),)), "adult")
    assert out(rejected) == {"adult-quayside": ("abnormally_low", ["abnormally_low_rejected"])}
    assert [step.exclusion.bid for step in rejected.recomputations] == ["adult-quayside"]


def test_a_missing_agreed_score_or_a_missed_quorum_makes_the_lot_wait() -> None:
    file = make.tender_file()
    unagreed = replace(file, agreed_scores=file.agreed_scores[1:])
    assert [(f.code, f.place) for f in evaluate_lot(unagreed, "adult").waiting] == [
        ("not_agreed", "bid adult-harbour, delivery")
    ]
    two = replace(
        file, score_sheets=tuple(s for s in file.score_sheets if (s.evaluator, s.bid) != ("mei", "adult-harbour"))
    )
    waiting = evaluate_lot(two, "adult").waiting
    assert [finding.code for finding in waiting] == ["quorum_missed"] * 3
    assert evaluate_lot(adult(two, quorum=2), "adult").waiting == ()


def test_a_published_mean_is_the_exact_mean_of_the_scores() -> None:
    lot = evaluate_lot(adult(make.tender_file(), score_rule="mean"), "adult")
    row = lot.result("adult-harbour").rows[0]
    assert (row.points, row.marks) == (Fraction(14, 3), Fraction(36) * Fraction(14, 15))
    assert lot.result("adult-harbour").scored == sum(row.marks for row in lot.result("adult-harbour").rows)


def test_an_exact_tie_goes_to_the_published_list() -> None:
    file = with_points(make.tender_file(("adult-harbour", "adult-quayside")), "adult-quayside", "delivery", 5)
    file = with_points(file, "adult-quayside", "social", 3)
    lot = evaluate_lot(priced(file, "adult-quayside", 290_000), "adult")
    assert lot.ranking.unsettled == (("adult-harbour", "adult-quayside"),)
    assert lot.ranking.first is None
    social = with_points(with_points(file, "adult-quayside", "workforce", 3), "adult-quayside", "social", 4)
    lot = evaluate_lot(priced(social, "adult-quayside", 290_000 - 14_000), "adult")
    assert lot.result("adult-harbour").total == lot.result("adult-quayside").total == Fraction(316, 5)
    assert [(tie.rule, tie.order) for tie in lot.ranking.ties_broken] == [
        ("highest marks for quality", ("adult-harbour", "adult-quayside"))
    ]


def test_ranking_on_rounded_totals_happens_only_where_it_was_published() -> None:
    file = make.tender_file(("adult-harbour", "adult-quayside"))
    near = with_points(with_points(file, "adult-quayside", "delivery", 5), "adult-quayside", "social", 3)
    near = priced(near, "adult-quayside", 290_001)
    assert ranks(evaluate_lot(near, "adult")) == [("adult-harbour", 1), ("adult-quayside", 2)]
    rounded = adult(near, rank_on="rounded", tie_breaks=(TieBreak("lowest_price"),))
    lot = evaluate_lot(rounded, "adult")
    assert [tie.rule for tie in lot.ranking.ties_broken] == ["lowest price"]


def test_a_rejected_price_is_out_without_any_trigger_and_the_rest_are_tested_again() -> None:
    """Once the lowest is rejected, the next stands 41 % below the third and must be asked about."""
    file = adult(make.tender_file(), abnormally_low=Settings(None, Fraction(30), None), over_ceiling="reject")
    file = priced(priced(priced(file, "adult-harbour", 50_000), "adult-quayside", 59_000), "adult-beacon", 100_000)
    outcome = EnquiryOutcome(
        "adult-harbour", date(2024, 10, 1), "Why?", date(2024, 10, 4), "", "rejected", "None.", date(2024, 10, 8), "x"
    )  # fmt: skip
    lot = evaluate_lot(replace(file, enquiries=(outcome,)), "adult")
    assert out(lot)["adult-harbour"] == ("abnormally_low", ["abnormally_low_rejected"])
    assert [finding.place for finding in lot.waiting] == ["bid adult-quayside"]


def test_a_decision_where_nothing_is_broken_is_an_open_point() -> None:
    stray = AdmissionDecision("adult-beacon", "exclude", "split", "Unfit.", date(2024, 10, 2), "officer")
    lot = evaluate_lot(replace(make.tender_file(), admissions=(stray,)), "adult")
    assert [finding.code for finding in lot.waiting] == ["decision_without_cause"]


def test_a_lot_without_a_methodology_is_refused_by_name() -> None:
    with pytest.raises(NotConfiguredError, match="Adult support"):
        evaluate_lot(replace(make.tender_file(), methodologies=()), "adult")


def test_every_total_is_derived_to_the_same_figure() -> None:
    for file in (
        make.tender_file(),
        adult(make.tender_file(), price=RELATIVE),
        adult(make.tender_file(), score_rule="mean"),
    ):
        lot = evaluate_lot(file, "adult")
        for result in lot.results:
            assert explain_total(lot, result.bid.id).value == result.total


def test_a_derivation_prints_down_to_agreed_points_and_yearly_prices() -> None:
    text = str(explain_total(evaluate_lot(make.tender_file(), "adult"), "adult-harbour"))
    assert text.splitlines()[0] == "Total of Harbour Trust = 63.2   (scored marks + price marks = 61.2 + 2)"
    assert "How the service is delivered = 36   (weight × points ÷ maximum = 36 × 5 ÷ 5)" in text
    assert "year 3 = 290000   (as bid)   [bids: adult-harbour/prices[2]]" in text


@settings(max_examples=30)
@given(st.permutations(range(3)), st.integers(0, 5), st.integers(200_000, 299_000))
def test_the_order_of_bids_and_scores_in_the_file_never_matters(order: list[int], points: int, pounds: int) -> None:
    file = adult(
        priced(with_points(make.tender_file(ADULT), "adult-quayside", "delivery", points), "adult-quayside", pounds),
        price=RELATIVE,
    )
    bids = tuple(file.bids[i] for i in order)
    shuffled = replace(file, bids=bids, agreed_scores=file.agreed_scores[::-1], score_sheets=file.score_sheets[::-1])
    first, second = evaluate_lot(file, "adult"), evaluate_lot(shuffled, "adult")
    assert first.ranking == second.ranking
    assert dict(first.round.totals) == dict(second.round.totals)


def test_the_methodology_names_its_scored_and_priced_leaves() -> None:
    method: Methodology = make.methodology("adult")
    assert [leaf.criterion.id for leaf in method.scored] == ["delivery", "workforce", "social"]
    assert method.priced is not None
    assert method.priced.weight == 30
