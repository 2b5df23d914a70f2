"""The whole file: references, ids, lots, funding, the limit on lots, panel, declarations and decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lots.collaboration import CollaborationRules
from lots.errors import Finding
from lots.funding import Funding, FundingLine, FundingSource, PrintedTotal
from lots.lot import Requirement, Term, Uplift
from lots.money import Money
from lots.organisation import Identifier
from scoring.decision import AdmissionDecision, EnquiryOutcome, LetterText
from scoring.file_checks import check
from scoring.lot_limit import LotLimit
from scoring.scoresheet import Declaration, PanelMember
from scoring.tender_file import LotPreference, TenderFile
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


def test_a_right_file_has_no_findings() -> None:
    assert check(a.tender_file(award=a.award())) == ()
    assert check(a.tender_file(())) == ()


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


@pytest.mark.parametrize("id", ["x" * 101, "two\nlines", " adult"])
def test_an_id_is_one_short_word(id: str) -> None:
    assert codes(empty(panel=(*a.panel(), PanelMember(id, "X", "X", ("finance",))))) == [("panel[4].id", "id_unfit")]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("scales", "scales[1].id"),
        ("methodologies", "methodologies[2].id"),
        ("organisations", "organisations[4].id"),
        ("bids", "bids[5].id"),
        ("panel", "panel[4].id"),
    ],
)
def test_every_list_of_the_file_uses_an_id_once(name: str, place: str) -> None:
    things = getattr(a.tender_file(), name)
    assert (place, "id_repeated") in codes(a.tender_file(**{name: (*things, things[0])}))


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


def test_preferences_are_of_tenderers_and_lots_each_once() -> None:
    preferences = (
        LotPreference("harbour", ("children", "adult")),
        LotPreference("rowan", ("adult",)),
        LotPreference("harbour", ("adult", "kids", "adult")),
    )
    assert codes(a.tender_file(lot_preferences=preferences)) == [
        ("lot_preferences[1].tenderer", "preference_tenderer"),
        ("lot_preferences[2]", "preference_repeated"),
        ("lot_preferences[2].lots[1]", "preference_lot"),
        ("lot_preferences[2].lots[2]", "preference_lot_repeated"),
    ]


# --------------------------------------------------------------------------------------------- people and decisions


def test_one_registration_belongs_to_one_organisation() -> None:
    number = (Identifier("GB-CHC", "1234567"),)
    two = (a.organisation("one", identifiers=number), a.organisation("two", name="", identifiers=number))
    assert told(check(empty(organisations=two, declarations=()))) == [
        "organisations[1].name: This organisation has no name: the letters print it",
        "organisations[1].identifiers[0]: GB-CHC 1234567 stands at organisations[0].identifiers[0] already: "
        "one number, one organisation",
    ]


def test_a_panel_member_has_a_role_and_known_lots_and_criteria() -> None:
    member = PanelMember("tom", "Tom", "Officer", (), ("adult", "kids"), ("delivery", "price", "quality"))
    assert codes(empty(panel=(*a.panel(), member))) == [
        ("panel[4].roles", "role_missing"),
        ("panel[4].lots[1]", "member_lot"),
        ("panel[4].criteria[1]", "member_criterion"),
        ("panel[4].criteria[2]", "member_criterion"),
    ]


def test_a_declaration_is_of_a_member_about_an_organisation_once() -> None:
    on = date(2024, 9, 30)
    declarations = (
        Declaration("eva", "harbour", "none", on),
        Declaration("eve", "harbour", "none", on),
        Declaration("eva", "harbor", "none", on),
        Declaration("eva", "harbour", "conflicted", on),
    )
    found = check(empty(declarations=declarations))
    assert told(found) == [
        "declarations[1].member: There is no panel member “eve”: name one of eva, idris, mei, ruth",
        "declarations[2].organisation: There is no organisation “harbor”: name one of harbour, quayside, beacon, rowan",
        "declarations[3]: “eva” declares twice about “harbour”: keep the declaration that holds",
        "declarations[3].action: “eva” is in conflict, and nothing says what was done about it",
    ]
    assert [finding.severity for finding in found] == ["error", "error", "error", "warning"]


def test_admissions_concern_bids_and_steps_and_have_reasons() -> None:
    on = date(2024, 10, 1)
    admissions = (
        AdmissionDecision("adult-harbour", "admit", "split", "The partner confirmed.", on, "A. Officer"),
        AdmissionDecision("adult-harbor", "admit", "splits", "", on, "A. Officer"),
    )
    assert told(check(a.tender_file(admissions=admissions))) == [
        "admissions[1].bid: There is no bid “adult-harbor”: name one of adult-harbour, adult-quayside, adult-beacon, "
        "children-harbour, children-beacon",
        "admissions[1].concerning: There is no step “splits”: name one of admission, gate, ceiling, split, "
        "abnormally_low",
        "admissions[1].reason: The decision about bid “adult-harbor” has no reason: the tenderer may ask for it",
    ]


def test_an_enquiry_is_about_one_bid_and_ends_with_a_reason() -> None:
    asked = EnquiryOutcome(
        "adult-beacon", date(2024, 10, 2), "Why so low?", None, "", "explained", "Volunteers.", date(2024, 10, 9), "X"
    )
    second = replace(asked, reason=" ", replied_on=date(2024, 10, 1))
    assert codes(a.tender_file(enquiries=(asked, second, replace(asked, bid="none")))) == [
        ("enquiries[1]", "enquiry_repeated"),
        ("enquiries[1].reason", "enquiry_reason_missing"),
        ("enquiries[1].replied_on", "reply_before_question"),
        ("enquiries[2].bid", "enquiry_bid"),
    ]


def test_letters_go_to_known_bids_once() -> None:
    letters = (LetterText("adult-beacon"), LetterText("lost"), LetterText("adult-beacon"))
    assert codes(a.tender_file(award=a.award(letters=letters))) == [
        ("award.letters[1].bid", "letter_bid"),
        ("award.letters[2].bid", "letter_bid_repeated"),
    ]


def test_among_many_ids_the_likeliest_is_suggested() -> None:
    organisations = tuple(a.organisation(f"partner-{i:02d}") for i in range(20))
    file = empty(organisations=organisations, declarations=(Declaration("eva", "partner-7", "none", date(2024, 9, 1)),))
    assert told(check(file)) == [
        "declarations[0].organisation: There is no organisation “partner-7”: did you mean “partner-17”?"
    ]


def test_where_there_is_nothing_to_name_the_sentence_says_so() -> None:
    file = empty(organisations=(), declarations=(Declaration("eva", "x", "none", date(2024, 9, 1)),))
    assert told(check(file)) == ["declarations[0].organisation: There is no organisation “x”: the file holds none"]
