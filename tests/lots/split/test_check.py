"""The collaboration split against its rules, with the figures of the brief's own examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from lots.bid import Bid, Confirmation, Party, PartyRole, Payment, Split
from lots.collaboration import CollaborationRules, CollaborationRulesError
from lots.money import Money
from lots.organisation import Identifier, Organisation
from lots.split.check import check_split
from lots.split.report import ConfirmationFigure, RuleFigure, SplitReport

LEAD = Organisation("lead", "Safe Harbour")
RIGHTS = Organisation("rights", "Women's Rights Collective", vcse=True, by_and_for=True)
RESTORE = Organisation("restore", "Restore", vcse=True)
ADVICE = Organisation("advice", "Advice Partnership")
EVERYBODY = {each.id: each for each in (LEAD, RIGHTS, RESTORE, ADVICE)}


def pounds(*amounts: int) -> tuple[Money, ...]:
    return tuple(Money.pounds(amount) for amount in amounts)


def bid_of(
    prices: tuple[Money, ...],
    delivery: tuple[Money, ...],
    fee: tuple[Money, ...],
    *payments: Payment,
    roles: dict[str, PartyRole] | None = None,
    confirmation: Confirmation = "confirmed",
) -> Bid:
    names = dict.fromkeys(name for payment in payments for name in (payment.payer, payment.payee))
    parties = [Party("lead", "lead")]
    for name in names:
        if name != "lead":
            parties.append(Party(name, (roles or {}).get(name, "partner"), confirmation=confirmation))
    split = Split(delivery, fee, payments)
    return Bid("b1", "adult", datetime(2024, 9, 2, tzinfo=UTC), prices, tuple(parties), split)


def codes(report: SplitReport) -> list[str]:
    return [found.code for found in report.findings]


def figure(report: SplitReport, rule: str) -> RuleFigure:
    found = report.figure(rule)
    assert isinstance(found, RuleFigure)
    return found


def seed_case(fee: int, partners: int, deduction: int = 0) -> SplitReport:
    """Check the Adult lot of the strategy, £738,000 a year, with an invented cap of 40 %."""
    payment = Payment("lead", "rights", pounds(partners), pounds(deduction) if deduction else ())
    bid = bid_of(pounds(738_000), pounds(250_000), pounds(fee), payment)
    rules = CollaborationRules(lead_retention_maximum=Decimal("40"), no_top_slice=True)
    return check_split(bid, rules, EVERYBODY)


class TestTheStrategysAdultLot:
    """Lot price: Avon and Somerset OPCC, Strategy and Intentions (2024), Procurement Approach; splits invented."""

    def test_exactly_forty_per_cent_keeps_a_cap_of_forty(self) -> None:
        report = seed_case(45_200, 442_800)
        assert report.findings == ()
        assert report.retained_by_lead.percents == (Fraction(40), Fraction(40))
        assert [each.passed for each in report.figures] == [True, True, True]
        assert figure(report, "lead_retention_maximum").headrooms == (0, 0)

    def test_one_pound_more_breaks_it_though_it_rounds_to_forty(self) -> None:
        report = seed_case(45_201, 442_799)
        (found,) = report.findings
        assert found.code == "lead_retention_exceeded"
        assert found.by_year == (Money.pounds(1),)
        assert found.message == (
            "Lead keeps 40.0001 % = £295,201 in year 1, £1 (0.0001 points) over the 40 % cap (£295,200)."
        )

    def test_a_deduction_is_a_top_slice_and_counts_as_kept_by_the_lead(self) -> None:
        report = seed_case(45_200, 442_800, 22_140)
        assert codes(report) == ["lead_retention_exceeded", "top_slice"]
        assert report.retained_by_lead.percents[0] == 43
        assert report.findings[1].message == (
            "Safe Harbour keeps back £22,140 of what is allocated to Women's Rights Collective in year 1: "
            "it must be paid in full."
        )

    def test_money_allocated_to_nobody_is_found_to_the_pound(self) -> None:
        (found,) = seed_case(45_200, 442_000).findings
        assert (found.code, found.by_year) == ("shares_do_not_add_up", (Money.pounds(800),))
        assert found.message == (
            "£800 is allocated to nobody in year 1: the lead's delivery, its fee and its payments add up to "
            "£737,200, the price is £738,000."
        )


ADULT = CollaborationRules(
    lead_retention_maximum=Decimal("60"),
    provider_maximum=Decimal("60"),
    management_fee_maximum=Decimal("6"),
    by_and_for_minimum=Decimal("10"),
    no_top_slice=True,
    no_money_back=True,
)


def adult(fee: int, restore: int, years: int = 1) -> Bid:
    """£730,000: lead 52 % and a fee; partners 20 (or 17), 12 (by and for) and 10 %."""

    def every(amount: int) -> tuple[Money, ...]:
        return pounds(*[amount] * years)

    return bid_of(
        every(730_000),
        every(379_600),
        every(fee),
        Payment("lead", "restore", every(restore)),
        Payment("lead", "rights", every(87_600)),
        Payment("lead", "advice", every(73_000)),
    )


class TestTheAdultExample:
    def test_fifty_eight_per_cent_is_inside_every_rule(self) -> None:
        report = check_split(adult(43_800, 146_000), ADULT, EVERYBODY)
        assert report.compliant
        assert report.findings == ()
        lead = figure(report, "lead_retention_maximum").lines[0]
        assert (lead.actual, lead.limit) == (Money.pounds(423_400), Money.pounds(438_000))
        assert lead.percent == 58
        assert lead.headroom == Money.pounds(14_600)
        assert figure(report, "by_and_for_minimum").lines[0].percent == 12
        assert [each.rule for each in report.figures] == [
            "shares_add_up",
            "lead_retention_maximum",
            "provider_maximum",
            "management_fee_maximum",
            "by_and_for_minimum",
            "no_top_slice",
            "no_money_back",
        ]

    def test_a_fee_of_nine_per_cent_puts_the_lead_over_by_7300(self) -> None:
        report = check_split(adult(65_700, 124_100), ADULT, EVERYBODY)
        assert [found.message for found in report.findings] == [
            "Lead keeps 61 % = £445,300 in year 1, £7,300 (1.0 point) over the 60 % cap (£438,000).",
            "Safe Harbour holds 61 % = £445,300 in year 1, £7,300 (1.0 point) over the 60 % cap on a single "
            "provider (£438,000).",
            "The management fee is 9 % = £65,700 in year 1, £21,900 (3.0 points) over the 6 % limit on the fee "
            "(£43,800).",
        ]
        assert report.findings[0].figures == (
            ("price", "730000.00"),
            ("percent", "60"),
            ("limit", "438000.00"),
            ("actual", "445300.00"),
            ("over", "7300.00"),
            ("whole term", "7300.00"),
        )

    def test_the_year_that_binds_is_the_one_furthest_over(self) -> None:
        bid = adult(43_800, 146_000, years=4)
        assert bid.split is not None
        fee = pounds(43_800, 43_800, 65_800, 43_800)
        moved = replace(bid.split.payments[0], amounts=pounds(146_000, 146_000, 124_000, 146_000))
        bid = replace(bid, split=replace(bid.split, management_fee=fee, payments=(moved, *bid.split.payments[1:])))
        report = check_split(bid, ADULT, EVERYBODY)
        found = report.findings[0]
        assert (found.code, found.binding_year, found.place) == ("lead_retention_exceeded", 3, "bid b1, year 3")
        assert found.by_year == pounds(0, 0, 7_400, 0)
        lines = figure(report, "lead_retention_maximum").lines
        assert [line.year for line in lines] == [1, 2, 3, 4, 0]
        assert [line.passed for line in lines] == [True, True, False, True, True]
        assert figure(report, "lead_retention_maximum").binding_year == 3


class TestWhoCountsTogether:
    def test_a_group_company_tips_the_lead_over(self) -> None:
        known = {
            **EVERYBODY,
            "lead": replace(LEAD, group="Harbour"),
            "advice": replace(ADVICE, group=" harbour "),
        }
        report = check_split(adult(43_800, 146_000), ADULT, known)
        assert codes(report) == ["lead_retention_exceeded", "provider_maximum_exceeded", "group_company_paid"]
        assert report.retained_by_lead.by_year == pounds(496_400)
        assert report.findings[0].message == (
            "Lead with Advice Partnership of its group keeps 68 % = £496,400 in year 1, £58,400 (8.0 points) "
            "over the 60 % cap (£438,000)."
        )
        assert report.findings[2].severity == "note"

    def test_one_registration_number_is_one_organisation(self) -> None:
        number = Identifier("GB-CHC", "1234567")
        known = {
            **EVERYBODY,
            "restore": replace(RESTORE, identifiers=(number,)),
            "advice": replace(ADVICE, identifiers=(replace(number, scheme="gb-chc"),)),
        }
        rules = CollaborationRules(provider_maximum=Decimal("58"))
        assert check_split(adult(43_800, 146_000), rules, known).findings == ()
        rules = CollaborationRules(provider_maximum=Decimal("25"))
        found = check_split(adult(43_800, 146_000), rules, known).findings
        assert [each.organisations for each in found] == [("lead",), ("restore", "advice")]
        assert found[1].by_year == (Money.pounds(219_000 - 182_500),)

    def test_an_organisation_paid_twice_is_counted_once(self) -> None:
        bid = bid_of(
            pounds(100),
            pounds(50),
            pounds(0),
            Payment("lead", "rights", pounds(30)),
            Payment("lead", "restore", pounds(20)),
            Payment("restore", "rights", pounds(15)),
        )
        report = check_split(bid, CollaborationRules(provider_maximum=Decimal("50")), EVERYBODY)
        assert report.findings == ()
        assert report.holding("rights").by_year == pounds(45)
        assert report.holding("restore").by_year == pounds(5)
        assert len(report.holdings) == 3


class TestMinima:
    rules = CollaborationRules(
        subcontract_minimum=Decimal("50"), vcse_minimum=Decimal("40"), by_and_for_minimum=Decimal("20")
    )

    def test_what_the_lead_holds_never_counts_even_if_it_is_a_by_and_for_vcse(self) -> None:
        known = {**EVERYBODY, "lead": replace(LEAD, vcse=True, by_and_for=True)}
        report = check_split(adult(43_800, 146_000), self.rules, known)
        assert codes(report) == [
            "subcontract_minimum_missed",
            "vcse_minimum_missed",
            "by_and_for_minimum_missed",
        ]
        assert [found.by_year for found in report.findings] == [pounds(58_400), pounds(58_400), pounds(58_400)]
        assert report.findings[2].message == (
            "By-and-for partners hold 12 % = £87,600 in year 1, £58,400 (8.0 points) short of the 20 % minimum "
            "to by-and-for partners (£146,000)."
        )

    def test_a_minimum_is_rounded_up_and_a_cap_down(self) -> None:
        third = CollaborationRules(lead_retention_maximum=Decimal("33.5"), vcse_minimum=Decimal("66.5"))
        bid = bid_of((Money(101),), (Money(34),), (Money(0),), Payment("lead", "rights", (Money(67),)))
        report = check_split(bid, third, EVERYBODY)
        assert figure(report, "lead_retention_maximum").limits == (33, 33)
        assert figure(report, "vcse_minimum").limits == (68, 68)
        assert [found.by_year for found in report.findings] == [(Money(1),), (Money(1),)]


def test_a_chain_of_three_that_comes_back_is_named_and_kept_by_the_lead() -> None:
    bid = bid_of(
        pounds(100_000, 100_000),
        pounds(30_000, 30_000),
        pounds(5_000, 5_000),
        Payment("lead", "rights", pounds(65_000, 65_000)),
        Payment("rights", "restore", pounds(40_000, 40_000)),
        Payment("restore", "lead", pounds(0, 10_000)),
    )
    report = check_split(bid, CollaborationRules(no_money_back=True), EVERYBODY)
    (found,) = report.findings
    assert found.code == "money_flows_back"
    assert found.organisations == ("lead", "rights", "restore", "lead")
    assert found.message == (
        "Money flows back: Safe Harbour → Women's Rights Collective → Restore → Safe Harbour, £10,000 in year 2."
    )
    assert report.retained_by_lead.by_year == pounds(35_000, 45_000)
    assert report.holding("restore").by_year == pounds(40_000, 30_000)


def test_a_circle_among_partners_is_found_though_each_year_alone_has_none() -> None:
    bid = bid_of(
        pounds(100, 100),
        pounds(40, 40),
        pounds(0, 0),
        Payment("lead", "rights", pounds(60, 60)),
        Payment("rights", "restore", pounds(50, 0)),
        Payment("restore", "advice", pounds(20, 0)),
        Payment("advice", "restore", pounds(0, 5)),
    )
    report = check_split(bid, CollaborationRules(no_money_back=True), EVERYBODY)
    assert [found.organisations for found in report.errors] == [
        ("advice",),
        ("restore", "advice", "restore"),
    ]


def test_a_deduction_by_a_partner_is_a_top_slice_too_but_not_the_leads_money() -> None:
    bid = bid_of(
        pounds(100),
        pounds(40),
        pounds(0),
        Payment("lead", "rights", pounds(60)),
        Payment("rights", "restore", pounds(30), pounds(3)),
    )
    report = check_split(bid, CollaborationRules(no_top_slice=True), EVERYBODY)
    assert codes(report) == ["top_slice"]
    assert report.retained_by_lead.by_year == pounds(40)
    assert report.holding("rights").by_year == pounds(33)


class TestConfirmation:
    rules = CollaborationRules(partners_confirmed=True)

    def test_everybody_confirmed_is_in_order(self) -> None:
        report = check_split(adult(43_800, 146_000), self.rules, EVERYBODY)
        assert report.findings == ()
        assert report.figure("partners_confirmed") == ConfirmationFigure(("restore", "rights", "advice"), (), ())

    def test_disputed_and_unanswered_figures_are_said(self) -> None:
        bid = adult(43_800, 146_000)
        states: list[Confirmation] = ["confirmed", "disputed", "unconfirmed", "confirmed"]
        parties = tuple(replace(party, confirmation=state) for party, state in zip(bid.parties, states, strict=True))
        report = check_split(replace(bid, parties=parties), self.rules, EVERYBODY)
        assert [found.message for found in report.findings] == [
            "Restore disputes its own figures: 20 % = £146,000 in year 1, £146,000 over the term.",
            "Women's Rights Collective has not confirmed its own figures: 12 % = £87,600 in year 1, "
            "£87,600 over the term.",
        ]
        assert not report.figure("partners_confirmed").passed


class TestStructure:
    def test_a_fee_above_a_fifth_is_worth_a_warning_without_any_cap(self) -> None:
        bid = bid_of(pounds(100), pounds(40), pounds(21), Payment("lead", "rights", pounds(39)))
        (found,) = check_split(bid, CollaborationRules(), EVERYBODY).findings
        assert (found.code, found.severity) == ("management_fee_high", "warning")

    def test_partners_who_get_their_part_late_are_worth_a_warning(self) -> None:
        bid = bid_of(pounds(100, 100), pounds(50, 30), pounds(0, 0), Payment("lead", "rights", pounds(50, 70)))
        (found,) = check_split(bid, CollaborationRules(), EVERYBODY).findings
        assert (found.code, found.severity) == ("partners_back_loaded", "warning")

    def test_what_cannot_be_is_found_whatever_the_rules(self) -> None:
        bid = bid_of(
            pounds(100, 100),
            pounds(50),
            (Money(-100), Money(0)),
            Payment("lead", "rights", pounds(51, 100), pounds(0, 101)),
            Payment("rights", "nobody", pounds(60, 0)),
            Payment("lead", "lead", pounds(0, 0)),
        )
        bid = replace(bid, parties=bid.parties[:-1])
        report = check_split(bid, CollaborationRules(), EVERYBODY, years=3)
        assert codes(report) == [
            "wrong_number_of_years",
            "wrong_number_of_years",
            "deduction_too_large",
            "negative_amount",
            "pays_itself",
            "unknown_party",
            "unknown_organisation",
            "payer_overspends",
        ]

    def test_a_partner_without_money_is_bid_candy(self) -> None:
        bid = adult(43_800, 146_000)
        bid = replace(bid, parties=(*bid.parties, Party("new", "partner"), Party("lead", "lead")))
        report = check_split(bid, CollaborationRules(), {**EVERYBODY, "new": Organisation("new", "New Start")})
        assert codes(report) == ["two_leads", "party_named_twice", "partner_without_money"]
        assert report.findings[2].message == "New Start is named as a partner but is paid nothing."

    def test_a_bid_without_a_split_is_refused_only_where_rules_ask_for_one(self) -> None:
        bid = replace(adult(43_800, 146_000), split=None)
        assert check_split(bid, CollaborationRules(), EVERYBODY).findings == ()
        assert codes(check_split(bid, ADULT, EVERYBODY)) == ["split_missing"]
        assert check_split(bid, ADULT, EVERYBODY).holdings == ()

    def test_a_bid_nobody_leads_is_found(self) -> None:
        bid = adult(43_800, 146_000)
        report = check_split(replace(bid, parties=bid.parties[1:]), CollaborationRules(), EVERYBODY)
        assert codes(report)[0] == "no_lead"

    def test_a_year_without_a_price_has_no_percentage(self) -> None:
        bid = bid_of(pounds(0, 100), pounds(0, 60), pounds(0, 0), Payment("lead", "rights", pounds(0, 40)))
        report = check_split(bid, CollaborationRules(lead_retention_maximum=Decimal("60")), EVERYBODY)
        assert report.errors == ()
        assert report.retained_by_lead.percents == (None, Fraction(60), Fraction(60))

    def test_rules_that_cannot_be_are_refused(self) -> None:
        rules = CollaborationRules(lead_retention_maximum=Decimal("101"))
        with pytest.raises(CollaborationRulesError, match="at most 100 per cent"):
            check_split(adult(43_800, 146_000), rules, EVERYBODY)
