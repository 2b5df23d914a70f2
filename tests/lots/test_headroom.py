"""The headroom ledger: uplifts against the maximum potential spend and the gateways of both laws, to the penny.

Limits: PCR 2015 reg 72(1)(b), (c), (2), (5), (6) with the light-touch threshold of £663,540 (VAT included); Procurement
Act 2023 s.74. Lots: Avon and Somerset OPCC, Victim Services Recommissioning: Strategy and Intentions, Budget table:
Adult over 5 years £3.69m, ISVA over 7 years £6.93m, ISVA uplift £495,978. Maxima and uplifts otherwise are made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.errors import errors_in
from lots.gateways import GATEWAYS, Limits, Yardstick, limits
from lots.headroom import Ledger, LedgerError, ledger, term_findings
from lots.lot import Lot, Term, Uplift
from lots.money import ZERO, Money, total
from lots.regime import Regime
from lots.thresholds import VatBasis

THRESHOLD = Money.pounds(663_540)
SAME = Yardstick(THRESHOLD, VatBasis.INCLUSIVE, VatBasis.INCLUSIVE)
EX_VAT = Yardstick(THRESHOLD, VatBasis.INCLUSIVE, VatBasis.EXCLUSIVE, Fraction(20))
PCR, PA, FULL = Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL
FIVE, SEVEN = Term(date(2025, 4, 1), 5), Term(date(2025, 4, 1), 5, 2)
ADULT = Lot(
    "adult", "Adult", Money.pounds(738_000), base_value=Money.pounds(3_690_000), term=FIVE,
    maximum_potential_spend=Money.pounds(7_000_000),
)  # fmt: skip
ISVA = Lot(
    "isva", "ISVA", Money.pounds(990_000), base_value=Money.pounds(6_930_000), term=SEVEN,
    maximum_potential_spend=Money.pounds(12_000_000),
)  # fmt: skip


def uplift(id_: str, amount: Money, gateway: str, on: date = date(2026, 4, 1)) -> Uplift:
    return Uplift(id_, on, amount, "moj", f"decision {id_}", gateway, "clause 12")


def book(lot: Lot, *uplifts: Uplift, regime: Regime = PCR, yardstick: Yardstick = SAME) -> Ledger:
    return ledger(replace(lot, uplifts=uplifts), regime, yardstick, place="lots[2]")


def codes(lot: Lot, *uplifts: Uplift, regime: Regime = PCR, yardstick: Yardstick = SAME) -> list[tuple[str, str]]:
    return [(it.code, it.place) for it in book(lot, *uplifts, regime=regime, yardstick=yardstick).findings]


# --- the limits before any uplift ---------------------------------------------------------------------------


def test_ten_per_cent_binds_the_adult_lot_over_five_years() -> None:
    assert limits(Money.pounds(3_690_000), SAME) == Limits(
        Money.pounds(1_845_000), Money.pounds(369_000), THRESHOLD, Money.pounds(369_000), "ten_percent"
    )


def test_the_threshold_binds_the_isva_lot_over_seven_years_before_ten_per_cent_does() -> None:
    assert limits(Money.pounds(6_930_000), SAME) == Limits(
        Money.pounds(3_465_000), Money.pounds(693_000), THRESHOLD, THRESHOLD, "threshold"
    )


def test_values_without_vat_are_held_against_the_threshold_without_vat() -> None:
    assert EX_VAT.threshold_for_values() == Money.pounds(552_950).pence
    assert limits(Money.pounds(6_930_000), EX_VAT).net_below == Money.pounds(552_950)
    turned = Yardstick(Money.pounds(100), VatBasis.EXCLUSIVE, VatBasis.INCLUSIVE, Fraction(20))
    assert turned.threshold_for_values() == Money.pounds(120).pence


def test_an_unknown_vat_rate_leaves_the_threshold_unknown() -> None:
    unknown = replace(EX_VAT, vat_percent=None)
    assert limits(Money.pounds(6_930_000), unknown).threshold is None
    assert limits(Money.pounds(6_930_000), unknown).binding == "ten_percent"


# --- gateway (f): strictly below both, net and cumulative ---------------------------------------------------


@pytest.mark.parametrize(
    ("lot", "pence", "found"),
    [
        (ADULT, 36_899_999, []),
        (ADULT, 36_900_000, ["gateway_f_ten_percent"]),
        (ISVA, 66_353_999, []),
        (ISVA, 66_354_000, ["gateway_f_threshold"]),
        (ISVA, -66_354_000, ["gateway_f_threshold"]),
        (ISVA, 69_299_999, ["gateway_f_threshold"]),
        (ISVA, 69_300_000, ["gateway_f_ten_percent", "gateway_f_threshold"]),
    ],
)
def test_gateway_f_is_strictly_below_ten_per_cent_and_the_threshold(lot: Lot, pence: int, found: list[str]) -> None:
    assert codes(lot, uplift("u1", Money(pence), "72_1_f")) == [(code, "lots[2].uplifts[0].amount") for code in found]


def test_successive_uplifts_under_gateway_f_count_together_and_net() -> None:
    up, down = Money.pounds(200_000), Money.pounds(-100_000)
    assert codes(ADULT, uplift("u1", up, "72_1_f"), uplift("u2", up, "72_1_f")) == [
        ("gateway_f_ten_percent", "lots[2].uplifts[1].amount")
    ]
    rows = (uplift("u1", up, "72_1_f"), uplift("u2", down, "72_1_f"), uplift("u3", up, "72_1_f"))
    assert codes(ADULT, *rows) == []
    assert codes(ADULT, uplift("u1", Money.pounds(-369_000), "72_1_f")) == [
        ("gateway_f_ten_percent", "lots[2].uplifts[0].amount")
    ]


def test_uplifts_through_other_gateways_do_not_count_towards_gateway_f() -> None:
    assert codes(ADULT, uplift("u1", THRESHOLD, "72_1_a"), uplift("u2", Money.pounds(300_000), "72_1_f")) == []


def test_a_failed_test_says_the_value_the_limit_and_the_smallest_reduction() -> None:
    (finding,) = book(ADULT, uplift("u1", Money.pounds(369_000), "72_1_f")).findings
    assert finding.message == (
        "The net of the 1 uplift through this gateway, £369,000, must be less than 10 % of the reference value of "
        "£3,690,000 (£369,000): take off at least £0.01."
    )
    assert finding.figures == (("value", "369000.00"), ("limit", "369000.00"))


def test_the_threshold_sentence_names_the_vat_basis_of_both_sides() -> None:
    row = book(ISVA, uplift("u1", Money.pounds(552_950), "72_1_f"), yardstick=EX_VAT).rows[0]
    assert [(test.code, test.passed) for test in row.tests] == [
        ("headroom_exceeded", True),
        ("gateway_f_ten_percent", True),
        ("gateway_f_threshold", False),
    ]
    assert row.tests[2].sentence == (
        "Together, uplifts through this gateway, £552,950, must be less than the threshold of £663,540 including VAT, "
        "turned into an amount excluding VAT at 20 % VAT (£552,950): take off at least £0.01."
    )
    same = book(ISVA, uplift("u1", Money.pounds(552_950), "72_1_f")).rows[0].tests[2]
    assert "the threshold of £663,540, both including VAT: it is." in same.sentence


def test_without_a_vat_rate_unlike_amounts_are_not_compared() -> None:
    unknown = replace(EX_VAT, vat_percent=None)
    found = book(ISVA, uplift("u1", Money(1), "72_1_f"), yardstick=unknown).findings
    assert [(it.code, it.severity) for it in found] == [("vat_basis_differs", "error")]
    assert "say the VAT rate, so that like is compared with like" in found[0].message


# --- the other gateways of reg 72 ---------------------------------------------------------------------------


@pytest.mark.parametrize("gateway", ["72_1_b", "72_1_c"])
def test_gateways_b_and_c_allow_half_of_the_original_value_each_time(gateway: str) -> None:
    half = Money.pounds(1_845_000)
    assert codes(ADULT, uplift("u1", half + Money(1), gateway)) == [
        ("gateway_fifty_percent", "lots[2].uplifts[0].amount")
    ]
    assert codes(ADULT, uplift("u1", half, gateway), uplift("u2", Money.pounds(1_100_000), gateway)) == []


def test_a_reduction_passes_the_fifty_per_cent_test() -> None:
    assert codes(ADULT, uplift("u1", Money.pounds(-3_000_000), "72_1_c")) == []


def test_an_indexed_reference_value_moves_the_percentages() -> None:
    lot = replace(ADULT, uplifts=(uplift("u1", Money.pounds(369_000), "72_1_f"),))
    assert errors_in(ledger(lot, PCR, SAME).findings) != ()
    indexed = ledger(lot, PCR, SAME, reference=Money(369_000_010))
    assert (indexed.findings, indexed.reference, indexed.original) == ((), Money(369_000_010), ADULT.base_value)


def test_a_review_clause_reaches_up_to_the_maximum_potential_spend_and_no_further() -> None:
    room = Money.pounds(3_310_000)
    assert [it.code for it in errors_in(book(ADULT, uplift("u1", room, "72_1_a")).findings)] == []
    (finding,) = errors_in(book(ADULT, uplift("u1", room + Money(1), "72_1_a")).findings)
    assert (finding.code, finding.message) == (
        "headroom_exceeded",
        "The committed value, £7,000,000.01, must be no more than the maximum potential spend of £7,000,000: "
        "take off at least £0.01.",
    )


def test_a_replacement_of_the_contractor_brings_no_money() -> None:
    assert codes(ADULT, uplift("u1", Money(1), "72_1_d")) == [("gateway_without_money", "lots[2].uplifts[0].gateway")]
    assert codes(ADULT, uplift("u1", Money(-1), "72_1_d")) == []


def test_a_gateway_must_exist_and_belong_to_the_law_of_the_contract() -> None:
    assert codes(ADULT, uplift("u1", Money(1), "72_1_g"), uplift("u2", Money(1), "pa_light_touch")) == [
        ("gateway_unknown", "lots[2].uplifts[0].gateway"),
        ("gateway_wrong_regime", "lots[2].uplifts[1].gateway"),
    ]
    assert codes(ADULT, uplift("u1", Money(1), "72_1_a"), regime=PA) == [
        ("gateway_wrong_regime", "lots[2].uplifts[0].gateway")
    ]
    message = book(ADULT, uplift("u1", Money(1), "72_1_g")).findings[0].message
    assert message == (
        "Uplift u1 names a gateway “72_1_g”: write one of 72_1_a, 72_1_b, 72_1_c, 72_1_d, 72_1_e, 72_1_f."
    )


# --- Procurement Act 2023, below threshold, grants ----------------------------------------------------------


def test_a_light_touch_contract_is_modified_freely_and_the_ledger_says_whom_it_serves() -> None:
    result = book(ADULT, uplift("u1", Money.pounds(2_000_000), "pa_light_touch"), regime=PA)
    assert (result.findings, result.headroom) == ((), Money.pounds(1_310_000))
    assert result.position == (
        "A light-touch contract may be modified without a gateway (Procurement Act 2023 s.74(2)): "
        "this ledger is kept for finance and audit."
    )
    assert codes(ADULT, uplift("u1", Money(1), "pa_light_touch"), regime=FULL) == [
        ("gateway_wrong_regime", "lots[2].uplifts[0].gateway")
    ]


@pytest.mark.parametrize(
    ("pounds", "found"),
    [(369_000, []), (-369_000, []), (369_001, ["gateway_ten_percent"]), (-369_001, ["gateway_ten_percent"])],
)
def test_a_below_threshold_modification_may_be_ten_per_cent_but_not_more(pounds: int, found: list[str]) -> None:
    """s.74(4): “more than 10 per cent” is barred, so exactly 10 per cent passes, unlike reg 72(5)."""
    got = codes(ADULT, uplift("u1", Money.pounds(pounds), "pa_below_threshold"), regime=FULL)
    assert [code for code, _ in got] == found


def test_below_threshold_modifications_stay_below_the_threshold_together_whatever_their_sign() -> None:
    rows = (
        uplift("u1", Money.pounds(331_770), "pa_below_threshold"),
        uplift("u2", Money.pounds(-331_770), "pa_below_threshold"),
    )
    assert codes(ADULT, *rows, regime=FULL) == [("gateway_threshold", "lots[2].uplifts[1].amount")]


@pytest.mark.parametrize("gateway", ["pa_sch8_4", "pa_sch8_5", "pa_sch8_8"])
def test_schedule_8_allows_half_of_the_value_where_it_sets_a_limit(gateway: str) -> None:
    assert codes(ADULT, uplift("u1", Money.pounds(1_845_000), gateway), regime=FULL) == []
    assert codes(ADULT, uplift("u1", Money(184_500_001), gateway), regime=FULL)[0][0] == "gateway_fifty_percent"


@pytest.mark.parametrize(("months", "found"), [(8, []), (-8, []), (9, ["gateway_term"]), (-9, ["gateway_term"])])
def test_a_term_of_seven_years_may_change_by_8_months_and_2_fifths(months: int, found: list[str]) -> None:
    assert [it.code for it in term_findings(SEVEN, months, "lots[3].term")] == found


def test_exactly_ten_per_cent_of_the_term_is_allowed() -> None:
    assert term_findings(FIVE, 6, "lots[2].term") == ()
    assert term_findings(FIVE, 7, "lots[2].term")[0].message == (
        "A change of 7 months is more than 10 % of the maximum term of 60 months (6 months): it counts as substantial "
        "(Procurement Act 2023 s.74(3))."
    )


def test_a_contract_below_threshold_is_told_when_it_grows_into_the_law() -> None:
    small = Lot(
        "m", "M", Money.pounds(100_000), base_value=Money.pounds(500_000), maximum_potential_spend=Money.pounds(900_000)
    )
    grown = uplift("u1", Money.pounds(163_540), "no_gateway")
    assert codes(small, grown, regime=Regime.BELOW_THRESHOLD) == [("grown_past_threshold", "lots[2].uplifts[0].amount")]
    assert codes(small, replace(grown, amount=Money(16_353_999)), regime=Regime.BELOW_THRESHOLD) == []
    assert codes(small, grown, regime=Regime.GRANT) == []


def test_every_gateway_has_a_regime_and_says_what_it_needs() -> None:
    assert all(gateway.regimes and gateway.needs and gateway.id == id_ for id_, gateway in GATEWAYS.items())
    assert {regime for gateway in GATEWAYS.values() for regime in gateway.regimes} == set(Regime)


# --- what an uplift must say --------------------------------------------------------------------------------


def test_an_uplift_names_its_source_its_decision_and_its_evidence() -> None:
    bare = Uplift("u1", date(2026, 4, 1), Money.pounds(1), " ", "", "72_1_a")
    assert codes(ADULT, bare) == [
        ("uplift_without_source", "lots[2].uplifts[0].source"),
        ("uplift_without_decision", "lots[2].uplifts[0].decision"),
        ("uplift_without_evidence", "lots[2].uplifts[0].evidence"),
    ]


def test_the_source_of_an_uplift_is_one_of_the_funding() -> None:
    lot = replace(ADULT, uplifts=(uplift("u1", Money(1), "72_1_a"),))
    assert [it.code for it in ledger(lot, PCR, SAME, sources=frozenset({"opcc"})).findings] == ["uplift_unknown_source"]
    assert ledger(lot, PCR, SAME, sources=frozenset({"moj"})).findings == ()


@pytest.mark.parametrize(
    ("on", "severity"),
    [
        (date(2025, 3, 31), ["warning"]),
        (date(2025, 4, 1), []),
        (date(2030, 3, 31), []),
        (date(2030, 4, 1), ["error"]),
    ],
)
def test_an_uplift_is_decided_while_the_contract_runs(on: date, severity: list[str]) -> None:
    found = book(ADULT, uplift("u1", Money(1), "72_1_a", on)).findings
    assert [(it.code, it.severity) for it in found] == [("uplift_outside_term", it) for it in severity]


def test_uplifts_have_their_own_ids_and_change_something() -> None:
    assert codes(ADULT, uplift("u1", Money(1), "72_1_a"), uplift("u1", ZERO, "72_1_a")) == [
        ("uplift_twice", "lots[2].uplifts[1].id"),
        ("uplift_of_nothing", "lots[2].uplifts[1].amount"),
    ]


# --- the running figures ------------------------------------------------------------------------------------


def test_uplifts_are_drawn_in_order_of_their_dates_and_findings_keep_their_place() -> None:
    late = uplift("late", Money.pounds(3_000_000), "72_1_a", date(2028, 1, 1))
    early = uplift("early", Money.pounds(495_978), "72_1_a", date(2026, 1, 1))
    result = book(ADULT, late, early)
    assert [(row.uplift.id, row.committed, row.headroom) for row in result.rows] == [
        ("early", Money.pounds(4_185_978), Money.pounds(2_814_022)),
        ("late", Money.pounds(7_185_978), Money.pounds(-185_978)),
    ]
    assert [(it.code, it.place) for it in result.findings] == [("headroom_exceeded", "lots[2].uplifts[0].amount")]
    assert result.months_left(Money(1)) == 0


def test_headroom_is_told_in_pounds_per_cent_and_months() -> None:
    result = book(ADULT, uplift("u1", Money.pounds(495_978), "72_1_a"))
    assert (result.drawn, result.headroom) == (Money.pounds(495_978), Money.pounds(2_814_022))
    assert result.percent_left == Fraction(100 * 2_814_022, 3_310_000)
    assert result.months_left(Money.pounds(100_000)) == Fraction(2_814_022, 100_000)
    assert result.months_left(ZERO) is None


@pytest.mark.parametrize(
    ("drawn", "found"), [(2_979_000, []), (2_979_001, ["headroom_low"]), (3_310_000, ["headroom_low"])]
)
def test_less_than_a_tenth_of_the_headroom_left_is_pointed_out(drawn: int, found: list[str]) -> None:
    result = book(ADULT, uplift("u1", Money.pounds(drawn), "72_1_a"))
    assert [(it.code, it.severity) for it in result.findings] == [(code, "warning") for code in found]


def test_a_lot_without_any_headroom_has_no_percentage_to_tell() -> None:
    assert book(replace(ADULT, maximum_potential_spend=ADULT.base_value)).percent_left is None


def test_the_value_as_awarded_takes_the_place_of_the_base_value() -> None:
    result = ledger(ADULT, PCR, SAME, initial=Money.pounds(3_500_000))
    assert (result.original, result.reference, result.headroom) == (
        Money.pounds(3_500_000), Money.pounds(3_500_000), Money.pounds(3_500_000),
    )  # fmt: skip


@pytest.mark.parametrize("gap", [{"base_value": None}, {"maximum_potential_spend": None}, {"base_value": ZERO}])
def test_a_lot_without_its_numbers_has_no_ledger(gap: dict[str, Money | None]) -> None:
    with pytest.raises(LedgerError, match="give its base value and its maximum potential spend"):
        ledger(replace(ADULT, **gap), PCR, SAME)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(-(10**8), 10**8), st.dates(date(2025, 4, 1), date(2030, 3, 31))), max_size=8))
def test_the_running_figures_add_up_whatever_the_uplifts(drawn: list[tuple[int, date]]) -> None:
    uplifts = [uplift(f"u{n}", Money(pence), "72_1_a", on) for n, (pence, on) in enumerate(drawn)]
    result = book(ADULT, *uplifts)
    assert result.committed + result.headroom == result.maximum
    assert result.drawn == total(it.amount for it in uplifts)
    assert all(row.committed + row.headroom == result.maximum for row in result.rows)
    assert [row.uplift.decided_on for row in result.rows] == sorted(it.decided_on for it in uplifts)
    over = [it for it in result.findings if it.code == "headroom_exceeded"]
    assert len(over) == sum(row.headroom < ZERO for row in result.rows)
