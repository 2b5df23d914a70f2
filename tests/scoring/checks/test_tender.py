"""The tender itself: its lots and funding, the limit on lots, its regime against the facts, and its times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lots.collaboration import CollaborationRules
from lots.errors import Finding, errors_in
from lots.funding import Funding, FundingLine, FundingSource, PrintedTotal
from lots.lot import Lot, Requirement, Term, Uplift
from lots.money import Money
from lots.regime import Regime
from lots.tender import Milestone
from lots.thresholds import VatBasis
from scoring.checks.file import check
from scoring.formulas import PriceMethod
from scoring.limits.lot_limit import LotLimit, Rule
from scoring.tender_file import TenderFile
from tests import factories as a


def told(found: Iterable[Finding]) -> list[str]:
    """Write findings as ``place: sentence``."""
    return [str(finding) for finding in found]


def codes(file: TenderFile) -> list[tuple[str, str]]:
    """Check a file and give (place, code) of every finding."""
    return [(finding.place, finding.code) for finding in check(file)]


def empty(**changes: Any) -> TenderFile:
    """A file without bids, so that one fault shows alone."""
    return a.tender_file((), **changes)


# ------------------------------------------------------------------------------------------------ tender, lots, money


def test_a_tender_without_lots_offers_nothing() -> None:
    file = empty(tender=a.tender(lots=(), funding=Funding()), methodologies=())
    assert told(check(file)) == ["tender.lots: The tender has no lots: there is nothing to bid for"]


def test_a_tender_needs_a_reference_and_a_title() -> None:
    assert codes(empty(tender=a.tender(reference=" ", title=""))) == [
        ("tender.reference", "reference_missing"),
        ("tender.title", "title_missing"),
    ]


def test_ids_are_given_and_used_once() -> None:
    lots = (a.lot("adult"), a.lot("children"), a.lot("adult"), a.lot("other", id=" ", route="grant", base_value=None))
    lots = (*lots[:3], replace(lots[3], maximum_potential_spend=None, term=None))
    found = told(check(empty(tender=a.tender(lots=lots))))
    assert found == [
        "tender.lots[2].id: The lot id “adult” is used twice (first at tender.lots[0]): give each its own",
        "tender.lots[3].id: This lot has no id: give it a short one of its own",
    ]


def test_a_lot_has_a_title_and_uplifts_of_their_own() -> None:
    money = Money.pounds(1_000)
    uplift = Uplift("u1", date(2025, 5, 1), money, "moj", "DN-1", "reg72_1_b")
    lot = a.lot("adult", title="", uplifts=(uplift, uplift))
    found = codes(empty(tender=a.tender(lots=(lot, a.lot("children")))))
    assert [it for it in found if it[1] in ("title_missing", "id_repeated")] == [
        ("tender.lots[0].title", "title_missing"),
        ("tender.lots[0].uplifts[1].id", "id_repeated"),
    ]


def test_a_lot_is_checked_as_a_lot() -> None:
    lot = a.lot("adult", base_value=None, term=Term(date(2025, 4, 1), 0), requirements=(Requirement("r", "R"),) * 2)
    assert codes(empty(tender=a.tender(lots=(lot, a.lot("children"))))) == [
        ("tender.lots[0].base_value", "base_value_missing"),
        ("tender.lots[0].term.initial_years", "initial_years"),
        ("tender.lots[0].requirements[1].id", "id_repeated"),
    ]


@pytest.mark.parametrize("cap", ["0", "101", "-1"])
def test_a_cap_that_cannot_be_is_refused(cap: str) -> None:
    lot = a.lot("adult", collaboration=CollaborationRules(lead_retention_maximum=Decimal(cap)))
    (found,) = check(empty(tender=a.tender(lots=(lot, a.lot("children")))))
    assert (found.code, found.place) == (
        "cap_out_of_range",
        "tender.lots[0].collaboration.lead_retention_maximum",
    )
    assert f"is {cap}: a cap must be more than 0 and at most 100 per cent" in found.message


def funded(*fence: str, line: str = "") -> TenderFile:
    source = FundingSource("f", "Stalking fund", "Home Office", (FundingLine(1, Money.pounds(9), line),), fence)
    return empty(tender=a.tender(funding=Funding((source,))))


def test_ring_fenced_money_needs_a_lot_of_the_tender() -> None:
    assert codes(funded("adult", line="adult")) == []
    assert codes(funded("adults")) == [("tender.funding.sources[0].ring_fenced_to", "ring_fence_unknown_lot")]
    assert told(check(funded(line="nowhere"))) == [
        "tender.funding.sources[0].lines[0].lot: Stalking fund is tied to a lot “nowhere” that is not in the tender: "
        "name one that is."
    ]


def test_a_printed_total_adds_up_known_sources() -> None:
    printed = PrintedTotal("Total income", Money.pounds(420_000), ("moj", "nhs"))
    found = codes(empty(tender=a.tender(funding=replace(a.tender().funding, printed_totals=(printed,)))))
    assert found == [("tender.funding.printed_totals[0].sources", "printed_total_unknown_source")]


# ------------------------------------------------------------------------------------------------ the limit on lots

ORDER = ("adult", "children")
LIMITS = [
    (LotLimit("lot_order", 1, None, ORDER), "", ""),
    (LotLimit("tenderer_preference", 1), "", ""),
    (LotLimit("lot_order", None, Money.pounds(1), ORDER), "", ""),
    (LotLimit("lot_order", 0, None, ORDER), "maximum_lots", "at most 0 is allowed; write 1 or more"),
    (LotLimit("lot_order", None, Money(0), ORDER), "maximum_spend", "at most £0 is allowed; write an amount above £0"),
    (LotLimit("lot_order", None, None, ORDER), "", "limits nothing: give maximum_lots or maximum_spend"),
    (LotLimit("lot_order", 1, None, (*ORDER, "kids")), "lot_order[2]", "There is no contract lot “kids”: name one of"),
    (LotLimit("lot_order", 1, None, (*ORDER, "adult")), "lot_order[2]", "The contract lot “adult” is named twice"),
    (LotLimit("lot_order", 1), "lot_order", "The order of the lots leaves out adult, children"),
    (LotLimit("tenderer_preference", 1, None, ("adult",)), "lot_order", "The order of the lots leaves out children"),
]


@pytest.mark.parametrize(("limit", "place", "words"), LIMITS)
def test_a_lot_limit_limits_something_over_known_lots(limit: LotLimit, place: str, words: str) -> None:
    found = check(empty(lot_limit=limit))
    assert [finding.place for finding in found] == ([f"lot_limit.{place}".rstrip(".")] if words else [])
    assert all(words in finding.message for finding in found)


@pytest.mark.parametrize(("rule", "wrong"), [("greatest_total_score", True), ("lot_order", False)])
def test_totals_can_only_be_added_up_where_there_are_totals(rule: Rule, wrong: bool) -> None:
    quality, social, _ = a.criteria()
    whole = a.methodology(
        "adult",
        criteria=(replace(quality, weight=Decimal(90)), social),
        price=PriceMethod("price_deduction", (("maximum_percent", "50"),)),
    )
    file = empty(methodologies=(whole, a.methodology("children")), lot_limit=LotLimit(rule, 1, None, ORDER))
    found = check(file)
    assert [it.code for it in found] == ["limit_needs_totals"] * wrong
    assert not wrong or told(found) == [
        "lot_limit.rule: The rule greatest_total_score adds up totals, and Adult support is judged by "
        "“price_deduction”, whose figures cannot be added up: publish the rule lot_order or tenderer_preference"
    ]


def test_totals_of_marks_can_be_added_up() -> None:
    assert check(empty(lot_limit=LotLimit("greatest_total_score", 1, None, ORDER))) == ()


# -------------------------------------------------------------------------------------- the regime against the facts

PCR, LIGHT, FULL = Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL
BELOW, GRANT = Regime.BELOW_THRESHOLD, Regime.GRANT
BEFORE, SINCE = date(2025, 2, 23), date(2025, 2, 24)
MILLIONS = Money.pounds(5_000_000)
EVERY = "All contract lots together, every year and option, are estimated at"


def worth(most: Money) -> tuple[Lot, ...]:
    """Make two lots that may together cost ``most``: the second a penny a year, for two years, and no more."""
    year, part = Money(1), Money(2)
    adult = a.lot("adult", annual_budget=year, base_value=year * 3, maximum_potential_spend=most - part)
    return adult, a.lot("children", annual_budget=year, base_value=part, maximum_potential_spend=part)


def about_regime(
    regime: Regime, most: Money = MILLIONS, on: date = BEFORE, vat: VatBasis = VatBasis.EXCLUSIVE
) -> list[Finding]:
    """Check a tender worth ``most``; give what is found about its regime, day of commencement and route."""
    tender = a.tender(regime=regime, commenced_on=on, vat=vat, lots=worth(most), funding=Funding())
    return [it for it in check(empty(tender=tender)) if it.place in ("tender.regime", "tender.commenced_on")]


@pytest.mark.parametrize(
    ("regime", "on", "code"),
    [
        (PCR, BEFORE, ""),
        (PCR, SINCE, "regime_out_of_force"),
        (LIGHT, BEFORE, "regime_not_in_force"),
        (LIGHT, SINCE, ""),
        (FULL, BEFORE, "regime_not_in_force"),
        (FULL, SINCE, ""),
    ],
)
def test_the_day_of_commencement_decides_the_law(regime: Regime, on: date, code: str) -> None:
    found = about_regime(regime, on=on)
    assert [(it.code, it.severity) for it in found] == ([(code, "error")] if code else [])


def test_a_regime_of_the_other_law_is_told_the_days_and_the_cure() -> None:
    assert told(about_regime(PCR, on=SINCE)) == [
        "tender.regime: The procurement commenced on Monday 24 February 2025, and from Monday 24 February 2025 the "
        "Procurement Act 2023 governs: choose “Procurement Act 2023, light touch” in place of “Public Contracts "
        "Regulations 2015, light touch”, or correct the day it commenced"
    ]
    assert told(about_regime(FULL, on=BEFORE)) == [
        "tender.regime: The procurement commenced on Sunday 23 February 2025, before the Procurement Act 2023 came "
        "into force on Monday 24 February 2025: choose “Public Contracts Regulations 2015, light touch” in place of "
        "“Procurement Act 2023”, or correct the day it commenced"
    ]


NET = Money.pounds(552_950)  # 663,540 with VAT at 20 %
AT = Money.pounds(663_540)  # light-touch services, 2022 to 2027
PENNY = Money(1)
INCLUSIVE, EXCLUSIVE = VatBasis.INCLUSIVE, VatBasis.EXCLUSIVE
VALUES = [
    (BELOW, AT, BEFORE, EXCLUSIVE, "regime_below_value", "error"),
    (BELOW, AT - PENNY, BEFORE, EXCLUSIVE, "vat_decides_regime", "warning"),
    (BELOW, NET, SINCE, EXCLUSIVE, "vat_decides_regime", "warning"),
    (BELOW, NET - PENNY, SINCE, EXCLUSIVE, "below_threshold_if_light_touch", "note"),
    (BELOW, AT, SINCE, INCLUSIVE, "regime_below_value", "error"),
    (BELOW, AT - PENNY, SINCE, INCLUSIVE, "below_threshold_if_light_touch", "note"),
    (BELOW, Money.pounds(214_904), BEFORE, INCLUSIVE, "below_threshold_if_light_touch", "note"),
    (BELOW, Money.pounds(214_904) - PENNY, BEFORE, INCLUSIVE, "", ""),
    (BELOW, Money.pounds(214_904), date(2023, 5, 2), INCLUSIVE, "", ""),  # no figure for other services that year
    (PCR, NET, BEFORE, EXCLUSIVE, "", ""),
    (PCR, NET - PENNY, BEFORE, EXCLUSIVE, "regime_above_value", "warning"),
    (LIGHT, AT, SINCE, INCLUSIVE, "", ""),
    (LIGHT, AT - PENNY, SINCE, INCLUSIVE, "regime_above_value", "warning"),
    (FULL, Money.pounds(207_720), date(2026, 1, 5), INCLUSIVE, "", ""),
    (FULL, Money.pounds(207_720) - PENNY, date(2026, 1, 5), INCLUSIVE, "regime_above_value", "warning"),
]


@pytest.mark.parametrize(("regime", "most", "on", "vat", "code", "severity"), VALUES)
def test_the_value_of_all_lots_decides_whether_the_rules_apply(
    regime: Regime, most: Money, on: date, vat: VatBasis, code: str, severity: str
) -> None:
    """The thresholds hold VAT and a value equal to one is not below it (SI 2021/1221; Devonshires; LUPC PPN 023)."""
    found = about_regime(regime, most, on, vat)
    assert [(it.place, it.code, it.severity) for it in found] == ([("tender.regime", code, severity)] if code else [])


def test_lots_without_a_value_yet_are_not_called_below_the_threshold() -> None:
    lots = tuple(replace(lot, base_value=None, maximum_potential_spend=None) for lot in worth(MILLIONS))
    tender = a.tender(regime=LIGHT, commenced_on=SINCE, vat=INCLUSIVE, lots=lots, funding=Funding())
    assert [it for it in check(empty(tender=tender)) if it.place == "tender.regime"] == []


def test_a_value_on_the_wrong_side_is_told_both_figures_and_the_cure() -> None:
    assert told(about_regime(BELOW, Money.pounds(700_000), SINCE)) == [
        f"tender.regime: {EVERY} £700,000 excluding VAT (£840,000 with VAT at 20 %), which is not below the "
        "light-touch services threshold of £663,540 including VAT: choose the regime “Procurement Act 2023, "
        "light touch”"
    ]
    assert told(about_regime(BELOW, Money.pounds(600_000))) == [
        f"tender.regime: {EVERY} £600,000 excluding VAT (£720,000 with VAT at 20 %): VAT decides whether that is below "
        "the light-touch services threshold of £663,540 including VAT; choose “Public Contracts Regulations "
        "2015, light touch”, or record why no VAT is due"
    ]
    assert told(about_regime(LIGHT, Money.pounds(600_000), SINCE, INCLUSIVE)) == [
        f"tender.regime: {EVERY} £600,000 including VAT, which is below the light-touch services threshold of £663,540 "
        "including VAT: “Below the threshold” may be the regime; keep “Procurement Act 2023, light touch” only if its "
        "rules are followed by choice"
    ]
    (note,) = about_regime(BELOW, Money.pounds(300_000), SINCE)
    assert note.message == (
        f"{EVERY} £300,000 excluding VAT (£360,000 with VAT at 20 %), which is below the light-touch services "
        "threshold of £663,540 including VAT but not below the sub central threshold of £214,904 including VAT: make "
        "sure that every lot is a light-touch service"
    )
    assert note.figures == (("estimate", "300000.00"), ("with_vat", "360000.00"), ("threshold", "214904.00"))


def test_only_contract_lots_count_towards_the_value() -> None:
    grant = a.lot("grants", route="grant", base_value=None, maximum_potential_spend=None, term=None)
    lots = (*worth(Money.pounds(100_000)), replace(grant, annual_budget=AT))
    file = empty(tender=a.tender(regime=BELOW, lots=lots, funding=Funding()))
    assert [place for place, _ in codes(file) if place == "tender.regime"] == []


@pytest.mark.parametrize("on", [date(2021, 6, 1), date(2029, 6, 1), date(1066, 10, 14)])
def test_a_day_without_a_recorded_threshold_is_a_warning(on: date) -> None:
    (found,) = about_regime(PCR if on < SINCE else LIGHT, on=on)
    assert (found.place, found.code, found.severity) == ("tender.commenced_on", "threshold_unknown", "warning")
    assert found.message.startswith("Whether the regime fits the value cannot be told. ")


def test_a_grant_is_not_tendered_for_as_a_contract() -> None:
    (found,) = about_regime(GRANT)
    assert (found.code, found.severity) == ("grant_with_contract_lots", "error")
    assert found.message == (
        "The regime is “grant”, and Adult support, Children support are each tendered for as a contract: choose the "
        "regime of a procurement, or give each of them the route “grant”"
    )


def only_grants(regime: Regime) -> TenderFile:
    grant = a.lot("adult", route="grant", base_value=None, maximum_potential_spend=None, term=None)
    return empty(tender=a.tender(regime=regime, lots=(grant,), funding=Funding()), methodologies=())


def test_grants_alone_are_no_procurement() -> None:
    assert check(only_grants(GRANT)) == ()
    (found,) = check(only_grants(PCR))
    assert (found.place, found.code, found.severity) == ("tender.lots", "contract_lots_missing", "warning")
    assert "give one the route “contract”, or choose the regime “grant”" in found.message


# ------------------------------------------------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (
            datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
            "01:30 on Sunday 27 October 2024 happens twice in London, because the clocks go back that night",
        ),
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), "01:30 on Sunday 27 October 2024 happens twice"),
        (
            datetime(2024, 9, 26, 23, 0, tzinfo=UTC),
            "A deadline at midnight (00:00) on Friday 27 September 2024 can be read as the start or the end",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01 is outside the calendar"),
    ],
)
def test_a_deadline_can_be_told_from_a_london_clock(at: datetime, words: str) -> None:
    (found,) = check(empty(tender=a.tender(deadline=at)))
    assert (found.place, found.code, found.severity) == ("tender.deadline", "deadline_unclear", "error")
    assert found.message.startswith(words)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2024, 9, 27, 0, 0, tzinfo=UTC),  # 01:00 in London
        datetime(2024, 10, 26, 23, 59, tzinfo=UTC),  # 00:59, an hour before it is shown twice
        datetime(2024, 10, 27, 2, 0, tzinfo=UTC),
    ],
)
def test_a_deadline_that_a_london_clock_shows_once_is_fine(at: datetime) -> None:
    assert check(empty(tender=a.tender(deadline=at))) == ()


def test_what_happened_is_listed_as_it_happened() -> None:
    first, later = date(2024, 6, 3), date(2024, 7, 1)
    timetable = (
        Milestone("Notice", first, later),
        Milestone("Visit", first),
        Milestone("Questions", first, first),
        Milestone("Answers", first, date(2024, 6, 30)),
        Milestone("Bids", first, later),
    )
    found = check(empty(tender=a.tender(timetable=timetable)))
    assert errors_in(found) == ()
    assert [it.place for it in found] == ["tender.timetable[2].actual", "tender.timetable[3].actual"]
    assert found[0].message == (
        "“Questions” happened on Monday 3 June 2024, before “Notice” on Monday 1 July 2024 "
        "(tender.timetable[0].actual): correct one of the dates, or list them as they happened"
    )
