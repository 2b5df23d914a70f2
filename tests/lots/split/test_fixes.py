"""Mends of a collaboration split: the smallest that helps, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.bid import Bid, Party, Payment, Split
from lots.collaboration import CollaborationRules
from lots.money import Money, total
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.fixes import mend_all, mend_of, mends
from lots.split.flow import SplitFinding
from lots.split.moves import Mend, MendRefusedError, apply
from lots.split.report import RuleFigure, SplitReport
from tests.lots.split.test_check import ADULT, EVERYBODY, adult, bid_of, codes, pounds


def mend_for(report: SplitReport, code: str) -> Mend:
    return next(mend for mend in mends(report) if mend.code == code)


class TestTheAdultExample:
    """The same bid as in test_split: the fee raised to 9 % by cutting a partner to 17 %."""

    report = check_split(adult(65_700, 124_100, years=2), ADULT, EVERYBODY)

    def test_the_smallest_fix_moves_7300_to_a_partner(self) -> None:
        mend = mend_for(self.report, "lead_retention_exceeded")
        assert mend.sentence == (
            "Move £7,300 in each year from the lead's delivery to any partner (for example Restore)."
        )
        assert mend.pounds == Money.pounds(14_600)
        mended = check_split(apply(self.report.bid, mend), ADULT, EVERYBODY)
        assert codes(mended) == ["management_fee_exceeded"]
        assert mended.retained_by_lead.by_year == pounds(438_000, 438_000)

    def test_the_fee_over_its_cap_becomes_delivery(self) -> None:
        mend = mend_for(self.report, "management_fee_exceeded")
        assert mend.sentence == "Move £21,900 in each year from the management fee to the lead's delivery."

    def test_all_of_it_can_be_mended(self) -> None:
        mended = mend_all(self.report.bid, ADULT, EVERYBODY)
        assert mended.left == ()
        assert [mend.code for mend in mended.mends] == ["management_fee_exceeded", "provider_maximum_exceeded"]
        assert mended.bid.split == Split(
            pounds(394_200, 394_200),
            pounds(43_800, 43_800),
            (
                Payment("lead", "restore", pounds(131_400, 131_400)),
                Payment("lead", "rights", pounds(87_600, 87_600)),
                Payment("lead", "advice", pounds(73_000, 73_000)),
            ),
        )


def test_a_missed_minimum_decides_who_receives_the_money() -> None:
    rules = CollaborationRules(lead_retention_maximum=Decimal("50"), by_and_for_minimum=Decimal("20"))
    report = check_split(adult(43_800, 146_000), rules, EVERYBODY)
    assert mend_for(report, "lead_retention_exceeded").sentence == (
        "Move £58,400 in year 1 from the lead's delivery to any partner (for example Women's Rights Collective)."
    )
    assert mend_all(report.bid, rules, EVERYBODY).left == ()


def test_a_lead_without_partners_must_find_one() -> None:
    bid = bid_of(pounds(100), pounds(90), pounds(10))
    rules = CollaborationRules(lead_retention_maximum=Decimal("60"))
    (mend,) = mends(check_split(bid, rules, EVERYBODY))
    assert mend.sentence == ("Move £40 in year 1 from the lead's delivery to a partner that must be added to the bid.")
    with pytest.raises(MendRefusedError, match="Say which partner receives the money"):
        apply(bid, mend)
    mended = apply(bid, mend, payee="rights")
    assert mended.parties[-1] == Party("rights", "partner")
    assert check_split(mended, rules, EVERYBODY).compliant
    stuck = mend_all(bid, rules, EVERYBODY)
    assert (stuck.bid, stuck.mends) == (bid, ())
    assert [found.message for found in stuck.contradictions] == [
        "The parties of this bid cannot meet the whole price: under the caps those who count can hold £60 in "
        "year 1, £40 too little. Add a partner."
    ]


def test_nobody_can_move_money_instead_of_confirming() -> None:
    bid = replace(adult(0, 189_800), parties=(Party("lead", "lead"), Party("rights", "partner")))
    report = check_split(bid, CollaborationRules(partners_confirmed=True), EVERYBODY)
    mend = mend_for(report, "partner_unconfirmed")
    assert mend.sentence == "Ask Women's Rights Collective to confirm its own figures."
    with pytest.raises(MendRefusedError, match="Nothing can be moved"):
        apply(bid, mend)


def test_a_deduction_is_paid_back_to_the_partner_it_was_taken_from() -> None:
    payment = Payment("lead", "rights", pounds(442_800), pounds(22_140))
    bid = bid_of(pounds(738_000), pounds(250_000), pounds(45_200), payment)
    report = check_split(bid, CollaborationRules(no_top_slice=True), EVERYBODY)
    (mend,) = mends(report)
    assert mend.sentence == (
        "Move £22,140 in year 1 from the deduction Safe Harbour → Women's Rights Collective "
        "back to Women's Rights Collective."
    )
    split = apply(bid, mend).split
    assert split is not None
    assert split.payments == (Payment("lead", "rights", pounds(442_800), pounds(0)),)


def test_money_that_comes_back_through_three_stays_with_the_last_payer() -> None:
    bid = bid_of(
        pounds(100),
        pounds(30),
        pounds(5),
        Payment("lead", "rights", pounds(65)),
        Payment("rights", "restore", pounds(40)),
        Payment("restore", "lead", pounds(10)),
    )
    rules = CollaborationRules(no_money_back=True)
    mended = mend_all(bid, rules, EVERYBODY)
    assert mended.left == ()
    assert mended.mends[0].sentence == "Move £10 in year 1 from the payments Restore → Safe Harbour back to Restore."
    assert mended.report.holding("restore").by_year == pounds(40)


def test_too_much_deep_in_a_chain_is_taken_along_the_whole_chain() -> None:
    bid = bid_of(
        pounds(100),
        pounds(30),
        pounds(0),
        Payment("lead", "rights", pounds(70)),
        Payment("rights", "restore", pounds(60)),
        roles={"restore": "sub_contractor"},
    )
    rules = CollaborationRules(provider_maximum=Decimal("45"))
    mended = mend_all(bid, rules, EVERYBODY)
    assert mended.left == ()
    assert mended.report.holding("rights").by_year == pounds(25)
    assert mended.mends[0].pounds == Money.pounds(15)


def test_a_mend_of_another_bid_is_refused_rather_than_leaving_less_than_nothing() -> None:
    report = check_split(adult(65_700, 124_100), ADULT, EVERYBODY)
    mend = mend_for(report, "lead_retention_exceeded")
    with pytest.raises(MendRefusedError, match="smaller than what should be taken"):
        apply(bid_of(pounds(730_000), pounds(7_299), pounds(0)), mend)


def test_figures_that_cannot_be_are_corrected_before_money_is_moved() -> None:
    bid = bid_of(pounds(100), pounds(150), pounds(-50))
    report = check_split(bid, CollaborationRules(lead_retention_maximum=Decimal("60")), EVERYBODY)
    assert [mend.moves for mend in mends(report)] == [(), ()]
    assert len(mend_all(bid, report.rules, EVERYBODY).left) == 2


# Random splits with every kind of fault, over a small cast that has chains, groups, refunds and deductions.

NAMES = ["lead", "sister", "both", "vcse", "plain", "plain2"]
CAST = {
    "lead": Organisation("lead", "Lead", group="G"),
    "sister": Organisation("sister", "Sister", group="G"),
    "both": Organisation("both", "Both", vcse=True, by_and_for=True),
    "vcse": Organisation("vcse", "Vcse", vcse=True),
    "plain": Organisation("plain", "Plain", group="P"),
    "plain2": Organisation("plain2", "Plain two", group="P"),
}
PERCENT = st.none() | st.sampled_from([Decimal(text) for text in ("7.5", "12", "33.333", "45", "60")])
RULES = st.builds(
    CollaborationRules,
    lead_retention_maximum=PERCENT,
    provider_maximum=PERCENT,
    management_fee_maximum=PERCENT,
    subcontract_minimum=PERCENT,
    vcse_minimum=PERCENT,
    by_and_for_minimum=PERCENT,
    no_top_slice=st.booleans(),
    no_money_back=st.booleans(),
)


@st.composite
def bids(draw: st.DrawFn) -> Bid:
    """Draw a bid whose payments may overspend, circle, come back or be sliced; its shares may not add up."""
    years = draw(st.integers(1, 3))

    def amounts(most: int) -> st.SearchStrategy[tuple[Money, ...]]:
        return st.tuples(*[st.integers(0, most).map(Money)] * years)

    payments = []
    for _ in range(draw(st.integers(0, 6))):
        payer = draw(st.sampled_from(["lead", "lead", *NAMES]))
        payee = draw(st.sampled_from([name for name in NAMES if name != payer]))
        gross = draw(amounts(400 if payer == "lead" else 150))
        share = draw(st.sampled_from([0, 0, 0, 3]))
        kept = tuple(Money(each.pence // share) for each in gross) if share else ()
        payments.append(Payment(payer, payee, gross, kept))
    delivery, fee = draw(amounts(600)), draw(amounts(200))
    direct = [delivery, fee, *(payment.amounts for payment in payments if payment.payer == "lead")]
    prices = [total(column) for column in zip(*direct, strict=True)]
    gaps = draw(st.sampled_from([0, 0, 0, -40, 40]))
    prices = [Money(max(0, price.pence + gaps)) for price in prices]
    parties = (Party("lead", "lead"), *(Party(name, "partner") for name in NAMES[1:]))
    return replace(adult(0, 0), prices=tuple(prices), parties=parties, split=Split(delivery, fee, tuple(payments)))


def same(finding: SplitFinding, other: SplitFinding) -> bool:
    """Say whether two findings are about one fault: the same rule and, unless it is a minimum's, the same people."""
    about_people = not finding.code.endswith("_missed")
    return finding.code == other.code and (finding.organisations == other.organisations or not about_people)


def made(report: SplitReport) -> Iterator[Mend]:
    return (mend for mend in mends(report) if mend.moves and not mend.needs_payee)


def a_penny_less(mend: Mend) -> Mend:
    last = mend.moves[-1]
    return replace(mend, moves=(*mend.moves[:-1], replace(last, amount=last.amount - Money(1))))


def owed(finding: SplitFinding) -> Money:
    return total(abs(amount) for amount in finding.by_year)


@settings(max_examples=150)
@given(bids(), RULES)
def test_what_everybody_holds_adds_up_to_what_the_lead_allocates(bid: Bid, rules: CollaborationRules) -> None:
    report = check_split(bid, rules, CAST)
    split = bid.split
    assert split is not None
    for year in range(len(bid.prices)):
        direct = [payment.amounts[year] for payment in split.payments if payment.payer == "lead"]
        allocated = total([split.delivery[year], split.management_fee[year], *direct])
        assert total(holding.by_year[year] for holding in report.holdings) == allocated


@settings(max_examples=250)
@given(bids(), RULES)
def test_a_mend_makes_its_finding_disappear_and_a_penny_less_does_not(bid: Bid, rules: CollaborationRules) -> None:
    report = check_split(bid, rules, CAST)
    for mend in made(report):
        assert mend.pounds == owed(mend.finding)
        after = check_split(apply(bid, mend), rules, CAST)
        assert not any(same(mend.finding, found) for found in after.errors)
        short = check_split(apply(bid, a_penny_less(mend)), rules, CAST)
        assert [owed(found) for found in short.errors if same(mend.finding, found)] == [Money(1)]


@settings(max_examples=150)
@given(bids(), RULES)
def test_a_mend_keeps_the_shares_adding_up(bid: Bid, rules: CollaborationRules) -> None:
    report = check_split(bid, rules, CAST)
    whole = not any(found.code == "shares_do_not_add_up" for found in report.findings)
    for mend in made(report) if whole else ():
        after = check_split(apply(bid, mend), rules, CAST)
        assert not any(found.code == "shares_do_not_add_up" for found in after.findings)


@settings(max_examples=200, derandomize=True)  # what stands in the way is proved only where it can be
@given(bids(), RULES)
def test_mending_all_ends_well_or_says_what_stands_in_the_way(bid: Bid, rules: CollaborationRules) -> None:
    mended = mend_all(bid, rules, CAST)
    assert mended.report == check_split(mended.bid, rules, CAST)
    assert mended.left == () or mended.contradictions != ()


@settings(max_examples=150)
@given(bids(), RULES)
def test_without_a_provider_cap_everything_can_be_mended(bid: Bid, rules: CollaborationRules) -> None:
    mended = mend_all(bid, replace(rules, provider_maximum=None), CAST)
    assert mended.left == ()


@settings(max_examples=150)
@given(bids(), RULES)
def test_keeping_a_rule_in_every_year_keeps_it_over_the_term(bid: Bid, rules: CollaborationRules) -> None:
    report = check_split(bid, rules, CAST)
    for figure in report.figures:
        lines = figure.lines if isinstance(figure, RuleFigure) else ()
        assert not lines or lines[-1].passed or not all(line.passed for line in lines[:-1])


def test_a_finding_can_be_mended_by_itself() -> None:
    report = check_split(adult(65_700, 124_100), ADULT, EVERYBODY)
    assert mend_of(report, report.errors[0]) == mends(report)[0]
