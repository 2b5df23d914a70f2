"""The regime of a procurement, what it switches, and the law's dated figures."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from lots.calendar import ENGLAND_AND_WALES, UNITED_KINGDOM, CalendarError
from lots.money import Money
from lots.regime import Regime, RegimeError, regime_for, rules_of
from lots.thresholds import (
    SMALL_LOT_RELIEF,
    THRESHOLDS,
    ThresholdError,
    ThresholdKind,
    ThresholdRow,
    TimeLimit,
    VatBasis,
    pa_limits,
    pa_notice_deadlines,
    pcr_award_notice_deadline,
    pcr_limits,
    small_lot_findings,
    threshold,
)

# The light-touch delta: Procurement Act 2023 ss.51, 52, 54, 71(5), 74(2), 75; PR 2024 reg 18(2)(q).
SWITCHED_OFF_BY_LIGHT_TOUCH = {
    "mandatory_standstill",
    "minimum_tender_periods",
    "kpis",
    "contract_change_notice",
    "performance_assessment",
    "modification_gateways",
    "no_lots_reason_in_notice",
}
STILL_ON_UNDER_LIGHT_TOUCH = {
    "tender_notice",
    "conflicts_assessment",
    "assessment_summaries",
    "contract_award_notice",
    "contract_details_notice",
    "records",
    "objectives",
    "payment_30_days",
    "termination_notice",
    "freedom_of_information",
}


def on(regime: Regime) -> set[str]:
    return {duty.id for duty in rules_of(regime).duties if duty.on}


def test_regimes_are_the_ids_used_in_files() -> None:
    assert [str(regime) for regime in Regime] == [
        "pcr2015_light_touch",
        "pa2023_light_touch",
        "pa2023_full",
        "below_threshold",
        "grant",
    ]


def test_light_touch_under_the_act_switches_off_exactly_the_delta() -> None:
    assert on(Regime.PA2023_FULL) - on(Regime.PA2023_LIGHT_TOUCH) == SWITCHED_OFF_BY_LIGHT_TOUCH
    assert on(Regime.PA2023_LIGHT_TOUCH) == STILL_ON_UNDER_LIGHT_TOUCH | {"decision_record"}


def test_light_touch_under_pcr_keeps_standstill_and_the_modification_gateways() -> None:
    pcr, act = on(Regime.PCR2015_LIGHT_TOUCH), on(Regime.PA2023_LIGHT_TOUCH)
    assert pcr - act == {
        "mandatory_standstill",
        "modification_gateways",
        "contract_change_notice",
        "no_lots_reason_in_notice",
        "award_decision_notice",
    }
    assert act - pcr == {"assessment_summaries", "contract_details_notice", "termination_notice"}


def test_below_the_threshold_and_for_a_grant_little_is_left() -> None:
    assert on(Regime.BELOW_THRESHOLD) == {
        "tender_notice",
        "contract_details_notice",
        "payment_30_days",
        "freedom_of_information",
        "decision_record",
    }
    assert on(Regime.GRANT) == {"freedom_of_information", "decision_record", "subsidy_control"}


def test_every_regime_answers_for_every_duty_and_none_is_named_twice() -> None:
    tables = [[duty.id for duty in rules_of(regime).duties] for regime in Regime]
    assert all(table == tables[0] for table in tables)
    assert len(set(tables[0])) == len(tables[0])
    assert set(tables[0]) >= SWITCHED_OFF_BY_LIGHT_TOUCH | STILL_ON_UNDER_LIGHT_TOUCH


def test_a_duty_that_is_on_names_its_source() -> None:
    without = {d.id for regime in Regime for d in rules_of(regime).duties if d.on and not d.reference}
    assert without == set()
    with pytest.raises(RegimeError, match="“coffee” is not a duty"):
        rules_of(Regime.GRANT).is_on("coffee")


@pytest.mark.parametrize(
    ("regime", "award_basis", "letter", "standstill", "gateways"),
    [
        (Regime.PCR2015_LIGHT_TOUCH, "MEAT", "standstill letter (award decision notice)", "mandatory", True),
        (Regime.PA2023_LIGHT_TOUCH, "MAT", "assessment summary", "voluntary", False),
        (Regime.PA2023_FULL, "MAT", "assessment summary", "mandatory", True),
        (Regime.BELOW_THRESHOLD, "MAT", "outcome letter", "none", False),
        (Regime.GRANT, "", "outcome letter", "none", False),
    ],
)
def test_words_standstill_and_changes_follow_the_regime(
    regime: Regime, award_basis: str, letter: str, standstill: str, gateways: bool
) -> None:
    rules = rules_of(regime)
    assert (rules.words.award_basis, rules.words.letter) == (award_basis, letter)
    assert (rules.standstill, rules.modification.gateways) == (standstill, gateways)
    assert (standstill == "mandatory") == rules.is_on("mandatory_standstill")
    assert gateways == rules.is_on("modification_gateways")


def test_the_award_basis_is_spelled_out() -> None:
    assert rules_of(Regime.PCR2015_LIGHT_TOUCH).words.award_basis_name == "most economically advantageous tender"
    assert rules_of(Regime.PA2023_FULL).words.award_basis_name == "most advantageous tender"
    assert rules_of(Regime.GRANT).words.tenderers == "applicants"


def test_calendars_and_vat_of_notices_follow_the_regime() -> None:
    pcr, act = rules_of(Regime.PCR2015_LIGHT_TOUCH), rules_of(Regime.PA2023_LIGHT_TOUCH)
    assert (pcr.divisions, pcr.notice_vat.words) == (ENGLAND_AND_WALES, "excluding VAT")
    assert (act.divisions, act.notice_vat.words) == (UNITED_KINGDOM, "including VAT")
    assert VatBasis("inclusive") is VatBasis.INCLUSIVE


def test_documents_carry_their_uk_notice_numbers() -> None:
    def numbers(regime: Regime) -> list[str]:
        return [document.notice for document in rules_of(regime).documents if document.notice]

    assert numbers(Regime.PA2023_FULL) == ["UK2", "UK4", "UK6", "UK7", "UK9", "UK10", "UK11"]
    assert numbers(Regime.PA2023_LIGHT_TOUCH) == ["UK2", "UK4", "UK6", "UK7", "UK11"]
    assert numbers(Regime.PCR2015_LIGHT_TOUCH) == []


def test_pcr_sends_award_decision_notices_and_the_act_sends_assessment_summaries() -> None:
    def ids(regime: Regime) -> set[str]:
        return {document.id for document in rules_of(regime).documents}

    assert "award_decision_notice" in ids(Regime.PCR2015_LIGHT_TOUCH) - ids(Regime.PA2023_LIGHT_TOUCH)
    assert "assessment_summary" in ids(Regime.PA2023_LIGHT_TOUCH) - ids(Regime.PCR2015_LIGHT_TOUCH)
    assert ids(Regime.GRANT) == {"panel_report", "outcome_letter", "decision_record"}
    assert ids(Regime.BELOW_THRESHOLD) == ids(Regime.GRANT) | {"below_threshold_notice"}


def test_what_is_unconfirmed_says_so() -> None:
    assert {item.id for item in rules_of(Regime.PA2023_FULL).unconfirmed} == {
        "decision_record",
        "performance_notice",
        "termination_notice",
    }
    assert {item.id for item in rules_of(Regime.PCR2015_LIGHT_TOUCH).unconfirmed} == {
        "contract_details_notice",
        "decision_record",
    }


@pytest.mark.parametrize(
    ("kind", "on_day", "pounds"),
    [
        # Devonshires; LUPC PPN 023; Mondaq, as the dated rows of the law.
        (ThresholdKind.LIGHT_TOUCH, date(2022, 1, 1), 663_540),
        (ThresholdKind.LIGHT_TOUCH, date(2025, 6, 1), 663_540),
        (ThresholdKind.LIGHT_TOUCH, date(2027, 12, 31), 663_540),
        (ThresholdKind.SUB_CENTRAL, date(2025, 12, 31), 214_904),
        (ThresholdKind.SUB_CENTRAL, date(2026, 1, 1), 207_720),
        (ThresholdKind.CENTRAL, date(2025, 12, 31), 139_688),
        (ThresholdKind.CENTRAL, date(2026, 1, 1), 135_018),
        (ThresholdKind.WORKS, date(2025, 12, 31), 5_372_609),
        (ThresholdKind.WORKS, date(2026, 1, 1), 5_193_000),
        (ThresholdKind.UTILITIES_LIGHT_TOUCH, date(2026, 7, 1), 884_720),
        (ThresholdKind.BELOW_THRESHOLD_NOTICE, date(2025, 2, 24), 30_000),
        (ThresholdKind.BELOW_THRESHOLD_NOTICE_CENTRAL, date(2030, 1, 1), 12_000),
    ],
)
def test_thresholds_hold_from_day_to_day(kind: ThresholdKind, on_day: date, pounds: int) -> None:
    row = threshold(kind, on_day)
    assert (row.amount, row.vat) == (Money.pounds(pounds), VatBasis.INCLUSIVE)
    assert row.source


@pytest.mark.parametrize(
    ("kind", "on_day"),
    [
        (ThresholdKind.LIGHT_TOUCH, date(2021, 12, 31)),
        (ThresholdKind.LIGHT_TOUCH, date(2028, 1, 1)),
        (ThresholdKind.SUB_CENTRAL, date(2023, 12, 31)),
        (ThresholdKind.BELOW_THRESHOLD_NOTICE, date(2025, 2, 23)),
    ],
)
def test_a_day_without_a_recorded_threshold_is_refused(kind: ThresholdKind, on_day: date) -> None:
    with pytest.raises(ThresholdError, match="add the figure of that year"):
        threshold(kind, on_day)


def test_a_corrected_table_is_used_in_place_of_ours() -> None:
    row = ThresholdRow(ThresholdKind.LIGHT_TOUCH, date(2028, 1, 1), None, Money.pounds(700_000), "a lawyer")
    assert threshold(ThresholdKind.LIGHT_TOUCH, date(2028, 1, 1), (row,)) == row


def test_no_two_rows_of_a_kind_hold_on_the_same_day() -> None:
    starts = [(row.kind, row.valid_from) for row in THRESHOLDS]
    assert all(sum(other.kind == kind and other.holds_on(day) for other in THRESHOLDS) == 1 for kind, day in starts)


@pytest.mark.parametrize(
    ("commenced", "light_touch", "pounds", "regime"),
    [
        (date(2024, 1, 15), True, 14_056_000, Regime.PCR2015_LIGHT_TOUCH),
        (date(2025, 2, 23), True, 663_540, Regime.PCR2015_LIGHT_TOUCH),
        (date(2025, 2, 24), True, 663_540, Regime.PA2023_LIGHT_TOUCH),
        (date(2025, 2, 24), False, 663_540, Regime.PA2023_FULL),
        (date(2025, 12, 31), False, 207_720, Regime.BELOW_THRESHOLD),
        (date(2026, 1, 1), False, 207_720, Regime.PA2023_FULL),
        (date(2024, 6, 1), False, 100_000, Regime.BELOW_THRESHOLD),
    ],
)
def test_the_regime_turns_on_the_day_and_on_the_value(
    commenced: date, light_touch: bool, pounds: int, regime: Regime
) -> None:
    choice = regime_for(commenced=commenced, light_touch=light_touch, estimated_value=Money.pounds(pounds))
    assert choice.regime is regime
    assert [reason.code for reason in choice.reasons[:2]] == ["commencement", "threshold"]


def test_one_penny_decides_the_threshold() -> None:
    at = Money.parse("663540.00")
    below = regime_for(commenced=date(2026, 3, 2), light_touch=True, estimated_value=at - Money(1))
    exactly = regime_for(commenced=date(2026, 3, 2), light_touch=True, estimated_value=at)
    assert (below.regime, exactly.regime) == (Regime.BELOW_THRESHOLD, Regime.PA2023_LIGHT_TOUCH)
    assert "£663,539.99 is below the light-touch services threshold of £663,540 (including VAT)" in (
        below.reasons[1].sentence
    )


def test_an_old_procurement_is_told_that_regulation_72_stays_with_it_for_life() -> None:
    choice = regime_for(commenced=date(2024, 1, 15), light_touch=True, estimated_value=Money.pounds(10_040_000))
    assert "before Monday 24 February 2025" in choice.reasons[0].sentence
    assert "every modification and its end, for life" in choice.reasons[0].sentence
    assert choice.reasons[0].reference.startswith("unconfirmed")
    assert rules_of(choice.regime).modification.reference == "PCR 2015 reg 72"


def test_central_government_has_its_own_lower_thresholds() -> None:
    value, day = Money.pounds(140_000), date(2026, 3, 2)
    central = regime_for(commenced=day, light_touch=False, estimated_value=value, central=True)
    local = regime_for(commenced=day, light_touch=False, estimated_value=value)
    assert (central.regime, local.regime) == (Regime.PA2023_FULL, Regime.BELOW_THRESHOLD)


@pytest.mark.parametrize(
    ("pounds", "central", "words"),
    [(30_000, False, "needs below-threshold"), (29_999, False, "needs no"), (12_000, True, "needs below")],
)
def test_below_the_threshold_the_notice_has_its_own_threshold(pounds: int, central: bool, words: str) -> None:
    value = Money.pounds(pounds)
    choice = regime_for(commenced=date(2026, 3, 2), light_touch=True, estimated_value=value, central=central)
    assert words in choice.reasons[2].sentence
    assert choice.reasons[2].reference == "Procurement Act 2023 s.87"


def test_a_grant_has_no_procurement_regime_whatever_it_is_worth() -> None:
    choice = regime_for(
        commenced=date(2020, 1, 1), light_touch=True, estimated_value=Money.pounds(9_000_000), grant=True
    )
    assert choice.regime is Regime.GRANT
    assert "unconfirmed" in choice.reasons[0].sentence


def test_a_full_pcr_procurement_is_refused_in_words() -> None:
    with pytest.raises(RegimeError, match="full Public Contracts Regulations 2015"):
        regime_for(commenced=date(2025, 2, 23), light_touch=False, estimated_value=Money.pounds(300_000))


def test_small_lot_relief_needs_both_the_figure_and_the_share() -> None:
    """PCR 2015 reg 6(14)-(15). Modern Slavery at £30,000 a year for 5 years (£150,000) is not available."""
    assert (SMALL_LOT_RELIEF.each, SMALL_LOT_RELIEF.percent) == (Money.pounds(70_778), Fraction(20))
    whole = Money.pounds(10_040_000)
    (finding,) = small_lot_findings([("Modern Slavery", Money.pounds(150_000))], whole)
    assert (finding.code, finding.place) == ("lot_too_large_for_relief", "Modern Slavery")
    assert small_lot_findings([("A", Money.parse("70777.99"))], whole) == ()
    assert [f.code for f in small_lot_findings([("A", Money.pounds(70_778))], whole)] == ["lot_too_large_for_relief"]


def test_relieved_lots_may_be_a_fifth_of_the_whole_and_not_a_penny_more() -> None:
    lots = [("A", Money.pounds(50_000)), ("B", Money.pounds(50_000))]
    assert small_lot_findings(lots, Money.pounds(500_000)) == ()
    (finding,) = small_lot_findings(lots, Money.parse("499999.95"))
    assert finding.code == "relieved_lots_too_large_together"
    assert "leave out £0.01 or more" in finding.message


def last_days(limits: tuple[TimeLimit, ...]) -> dict[str, str]:
    return {limit.id: limit.last_day.isoformat() for limit in limits}


def test_a_claim_under_pcr_has_thirty_days_beginning_with_knowledge() -> None:
    """SRCL v NHS England (TCC 2018, told by Ward Hadaway): 26 April 2017, out of time after 25 May 2017."""
    assert last_days(pcr_limits(known=date(2017, 4, 26))) == {
        "proceedings": "2017-05-25",
        "proceedings_extended": "2017-07-26",
    }


@pytest.mark.parametrize(
    ("entered", "last"),
    [("2024-07-15", "2025-01-15"), ("2024-08-31", "2025-02-28"), ("2025-02-28", "2025-08-31")],
)
def test_ineffectiveness_has_six_months_from_the_day_after_the_contract(entered: str, last: str) -> None:
    """PCR 2015 reg 93(2)(b); the end of a month is where corresponding dates go wrong."""
    assert last_days(pcr_limits(contract_entered=date.fromisoformat(entered))) == {"ineffectiveness": last}


def test_ineffectiveness_has_thirty_days_once_the_tenderer_is_informed() -> None:
    assert last_days(pcr_limits(informed=date(2024, 7, 1))) == {"ineffectiveness_informed": "2024-07-31"}


def test_a_claim_under_the_act_has_thirty_days_or_three_months_and_set_aside_six() -> None:
    """Procurement Act 2023 s.106: each period begins with its day."""
    assert last_days(pa_limits(known=date(2026, 3, 2), contract_entered=date(2026, 3, 12))) == {
        "proceedings": "2026-03-31",
        "proceedings_extended": "2026-06-01",
        "set_aside": "2026-09-11",
    }
    assert last_days(pa_limits(known=date(2026, 11, 30)))["proceedings_extended"] == "2027-02-28"


def test_no_dates_give_no_time_limits() -> None:
    assert (pcr_limits(), pa_limits()) == ((), ())


@pytest.mark.parametrize(
    ("light_touch", "details", "copy"),
    [(False, "2026-03-31", "2026-05-30"), (True, "2026-06-29", "2026-08-28")],
)
def test_contract_details_and_the_copy_have_longer_under_light_touch(
    light_touch: bool, details: str, copy: str
) -> None:
    """Procurement Act 2023 s.53: 30 and 90 days, light touch 120 and 180, from the contract's own day."""
    limits = pa_notice_deadlines(
        contract_entered=date(2026, 3, 2), light_touch=light_touch, estimated_value=Money.pounds(5_000_001)
    )
    assert last_days(limits) == {"contract_details": details, "contract_copy": copy}
    assert limits[0].notice == "UK7"


def test_only_a_contract_over_five_million_is_copied() -> None:
    limits = pa_notice_deadlines(
        contract_entered=date(2026, 3, 2), light_touch=False, estimated_value=Money.pounds(5_000_000)
    )
    assert [limit.id for limit in limits] == ["contract_details"]


def test_changes_and_breaches_are_published_unless_light_touch_and_endings_always() -> None:
    later = {name: date(2027, 3, 1) for name in ("modified", "breached", "ended")}
    full, light = (
        pa_notice_deadlines(
            contract_entered=date(2026, 3, 2),
            light_touch=light_touch,
            estimated_value=Money.pounds(6_000_000),
            **later,
        )
        for light_touch in (False, True)
    )
    added = {"modification_copy": "2027-05-29", "performance": "2027-03-30", "termination": "2027-03-30"}
    assert last_days(full[2:]) == added
    assert last_days(light[2:]) == {"termination": "2027-03-30"}
    assert "unconfirmed: whether the time then runs on" in full[2].note


def test_a_time_limit_that_ends_on_a_working_day_needs_no_note() -> None:
    assert all(limit.note == "" for limit in pa_limits(known=date(2026, 3, 2)))


def test_pcr_award_notices_may_be_grouped_by_quarter() -> None:
    assert pcr_award_notice_deadline(awarded=date(2024, 7, 1)).last_day == date(2024, 7, 31)
    grouped = pcr_award_notice_deadline(awarded=date(2024, 12, 24), grouped=True)
    assert grouped.counted_from == date(2024, 12, 31)
    assert grouped.last_day == grouped.counted_from + timedelta(days=30)
    assert grouped.note.startswith("unconfirmed: calendar quarters")


def test_time_limits_refuse_dates_outside_the_calendar() -> None:
    with pytest.raises(CalendarError, match="outside the calendar"):
        pcr_limits(known=date.max)
    with pytest.raises(CalendarError, match="outside the calendar"):
        regime_for(commenced=date.min, light_touch=True, estimated_value=Money.pounds(1))
