"""Releases: valid by the published schemas, exact in every amount, and true to what OCDS fields mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exports import tender_file
from exports.codec.plain_types import UnwritableError
from exports.ocds.numbers import number, to_json
from exports.ocds.release import (
    ChangeNotice,
    ReleaseDocument,
    cancellation_release,
    change_release,
    release_package,
    tender_release,
)
from exports.rule_changes import changes, rule_set_digest
from lots.money import Money
from lots.organisation import Identifier
from lots.regime import Regime
from lots.tender import Clarification, Milestone
from lots.thresholds import VatBasis
from scoring.formulas import PriceMethod
from scoring.limits.lot_limit import LotLimit
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.ocds.schemas import package_validator, problems

DEMO = Path(__file__).resolve().parents[3] / "workbench" / "demo" / "avon_and_somerset.json"
AT = datetime(2024, 5, 15, 8, 0, tzinfo=UTC)
LATER = datetime(2024, 6, 3, 14, 30, tzinfo=UTC)
OCID = "ocds-000000-as-vs-2025"
ANNEX = ReleaseDocument(
    "annex", "Methodology annex", "https://pcc.example/annex.pdf", AT, sha256="ab" * 32, notice="UK4"
)


def demo() -> TenderFile:
    file, _ = tender_file.read(DEMO.read_bytes())
    assert file is not None
    return file


def made(file: TenderFile | None = None, **given: Any) -> dict[str, Any]:
    """Make a release and read it back as everybody else would, with exact numbers."""
    file = file or demo()
    release = tender_release(
        file, ocid=OCID, published_at=AT, rule_set_digest=rule_set_digest(file), **{"documents": (ANNEX,), **given}
    )
    return read_back(release)


def read_back(release: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(to_json(release), parse_float=Decimal)
    assert isinstance(found, dict)
    return found


def every_kind() -> list[TenderFile]:
    """Files that between them use every branch: regimes, VAT, limits by lots and by spend, identifiers, no lots."""
    small = factories.tender_file()
    buyer = replace(
        small.tender.buyer, identifiers=(Identifier("GB-PPON", "ABCD-1234-EFGH"), Identifier("GB-COH", "1"))
    )
    steps = (Milestone("Questions", date(2024, 9, 1), None, "questions_until"), Milestone("Board", date(2024, 11, 1)))
    whole = replace(small.tender, vat=VatBasis.INCLUSIVE, buyer=buyer, timetable=steps)
    spend = LotLimit("lot_order", None, Money.parse("1234.56"), ("adult", "children"))
    regimes = [replace(small, tender=replace(whole, regime=regime)) for regime in Regime]
    bare = replace(small, tender=replace(small.tender, lots=small.tender.lots[:1]), methodologies=())
    return [demo(), small, bare, replace(small, lot_limit=spend), *regimes]


@pytest.mark.parametrize("file", every_kind())
def test_a_release_is_valid_by_the_published_schemas(file: TenderFile) -> None:
    assert problems(made(file, questions=file.tender.clarifications)) == []


def test_the_schemas_would_notice_a_mistake() -> None:
    release = made()
    release["tender"]["lots"][0]["awardCriteria"]["criteria"][0]["numbers"][0]["weight"] = "heavy"
    del release["tender"]["lots"][1]["id"]
    release["tag"] = ["published"]
    assert len(problems(release)) == 3


def test_a_package_of_a_life_is_valid() -> None:
    file = demo()
    moved = replace(file, tender=replace(file.tender, deadline=datetime(2024, 7, 5, 11, tzinfo=UTC)))
    notice = ChangeNotice(1, LATER, "Bank holiday week", changes(file, moved))
    said: dict[str, Any] = {"ocid": OCID, "published_at": AT, "rule_set_digest": rule_set_digest(moved)}
    releases = [
        tender_release(file, **said),
        change_release(moved, notices=(notice,), **said),
        change_release(moved, notices=(notice, ChangeNotice(2, LATER, "Answers")), **said),
        cancellation_release(moved, cancelled_at=LATER, reason="No money", notices=(notice,), **said),
    ]
    package = read_back(release_package(releases, uri="https://pcc.example/p", published_at=LATER, publisher="PCC"))
    assert [error.message for error in package_validator().iter_errors(package)] == []
    assert [problems(release) for release in package["releases"]] == [[], [], [], []]
    assert [release["tag"] for release in package["releases"]] == [
        ["tender"],
        ["tenderAmendment"],
        ["tenderUpdate"],
        ["tenderCancellation"],
    ]
    assert [release["id"].removeprefix(OCID) for release in package["releases"]] == [
        "-tender-1",
        "-tender-2",
        "-tender-3",
        "-tender-3",
    ]


def test_money_is_exact_to_the_penny_and_whole_pounds_are_integers() -> None:
    """The OPCC's £245,550.96 a year stands in the published strategy of Avon and Somerset."""
    file = demo()
    text = to_json(tender_release(file, ocid=OCID, published_at=AT, rule_set_digest="")).decode()
    assert '"amount": 245550.96,' in text
    assert '"amount": 6400000,' in text
    lines = made(file)["planning"]["budget"]["budgetBreakdown"]
    stack = [line.amount for source in file.tender.funding.sources for line in source.lines]
    assert [Money.parse(str(line["amount"]["amount"])) for line in lines] == stack


def test_an_amount_no_float_could_hold_keeps_every_penny() -> None:
    great = Money.parse("123456789012345.67")
    file = factories.tender_file()
    lot = replace(file.tender.lots[0], maximum_potential_spend=great)
    release = made(replace(file, tender=replace(file.tender, lots=(lot,))))
    assert release["tender"]["lots"][0]["value"] == {"amount": Decimal("123456789012345.67"), "currency": "GBP"}


def test_a_float_or_an_endless_number_is_refused() -> None:
    for bad in (0.5, Decimal("NaN"), object()):
        with pytest.raises(UnwritableError):
            to_json({"number": bad})
    with pytest.raises(UnwritableError):
        number(Fraction(1, 3))


def test_the_three_numbers_stand_where_ocds_means_them() -> None:
    release = made()
    tender, adult = release["tender"], next(lot for lot in release["tender"]["lots"] if lot["id"] == "adult")
    assert tender["value"]["amount"] == 2_200_000 + 6_400_000 + 8_600_000  # OCDS: “the total upper estimated value”
    assert adult["value"]["amount"] == 6_400_000  # the ceiling
    assert release["planning"]["budget"]["amount"]["amount"] == 30_000 + 250_000 + 738_000 + 990_000  # a year
    assert adult["x_values"]["baseValue"]["amount"] == 5_166_000
    assert '"maximumValue"' not in to_json(release).decode()


def test_amounts_with_vat_are_gross_amounts() -> None:
    file = factories.tender_file()
    file = replace(file, tender=replace(file.tender, vat=VatBasis.INCLUSIVE))
    assert "amount" not in made(file)["tender"]["lots"][0]["x_values"]["annualBudget"]
    assert made(file)["tender"]["lots"][0]["x_values"]["annualBudget"]["amountGross"] == 300_000


def test_weights_are_effective_and_close_at_100_in_every_lot() -> None:
    for lot in made()["tender"]["lots"]:
        weights = [each["numbers"][0] for each in lot["awardCriteria"]["criteria"]]
        assert {each["weight"] for each in weights} == {"percentageExact"}
        assert sum(Decimal(each["number"]) for each in weights) == 100


def test_a_minimum_score_is_a_threshold() -> None:
    cyp = next(lot for lot in made()["tender"]["lots"] if lot["id"] == "cyp")
    safeguarding = next(each for each in cyp["awardCriteria"]["criteria"] if each["x_id"] == "q_safeguarding")
    assert safeguarding["numbers"] == [
        {"number": 15, "weight": "percentageExact"},
        {"number": 3, "threshold": "minimumScore"},
    ]
    assert safeguarding["name"] == "Quality: Safeguarding and risk"


def test_collaboration_rules_are_in_words_and_as_shares() -> None:
    adult = next(lot for lot in made()["tender"]["lots"] if lot["id"] == "adult")
    assert "The lead keeps at most 60 % of the price" in adult["subcontractingTerms"]["description"]
    assert adult["x_collaboration"] == {
        "leadRetentionMaximum": Decimal("0.6"),
        "providerMaximum": Decimal("0.6"),
        "managementFeeMaximum": Decimal("0.06"),
        "byAndForMinimum": Decimal("0.1"),
        "noTopSlice": True,
        "noMoneyBack": True,
        "partnersConfirmed": True,
        "consequence": "reject",
    }


def test_days_stay_the_days_they_are_in_london() -> None:
    tender = made()["tender"]
    assert tender["tenderPeriod"] == {"startDate": "2024-05-15T09:00:00+01:00", "endDate": "2024-06-28T12:00:00+01:00"}
    period = tender["lots"][0]["contractPeriod"]
    assert period["startDate"] == "2025-04-01T00:00:00+01:00"
    assert (period["endDate"], period["maxExtentDate"]) == ("2030-03-31T23:59:59+01:00", "2032-03-31T23:59:59+01:00")


def test_questions_are_published_without_their_askers() -> None:
    asked = Clarification(7, date(2024, 5, 23), "Is the fee in the cap?", date(2024, 5, 28), "Yes.")
    tender = made(questions=(asked,))["tender"]
    assert tender["hasEnquiries"] is True
    assert [set(each) for each in tender["enquiries"]] == [
        {"id", "date", "title", "description", "answer", "dateAnswered"}
    ]


def test_nothing_about_bids_people_or_preparation_is_in_a_release() -> None:
    file = demo()
    text = to_json(tender_release(file, ocid=OCID, published_at=AT, rule_set_digest="")).decode()
    names = {each.name for each in file.organisations} | {each.name for each in file.panel}
    assert [name for name in names if name in text] == []
    assert not any(deliverable.title in text for deliverable in file.tender.deliverables)


def test_a_lot_without_a_contract_is_not_tendered() -> None:
    tender = made()["tender"]
    assert [lot["id"] for lot in tender["lots"]] == ["cyp", "adult", "isva"]
    assert [lot["id"] for lot in tender["x_lotsNotTendered"]] == ["modern_slavery"]


def test_a_fixed_price_everywhere_is_quality_only() -> None:
    file = factories.tender_file()
    fixed = tuple(replace(it, price=PriceMethod("fixed_price", (("price", "9"),))) for it in file.methodologies)
    assert made(replace(file, methodologies=fixed))["tender"]["awardCriteria"] == "qualityOnly"
    assert made(file)["tender"]["awardCriteria"] == "ratedCriteria"


def test_an_amendment_names_what_changed_and_the_release_it_amends() -> None:
    file = demo()
    moved = replace(file, tender=replace(file.tender, deadline=datetime(2024, 7, 5, 11, tzinfo=UTC)))
    notice = ChangeNotice(1, LATER, "Bank holiday week", changes(file, moved))
    release = change_release(moved, ocid=OCID, published_at=AT, rule_set_digest="", notices=(notice,))
    assert release["tender"]["amendments"] == [
        {
            "id": "1",
            "date": "2024-06-03T15:30:00+01:00",
            "rationale": "Bank holiday week",
            "description": "Deadline: 12:00 BST on Friday 28 June 2024 → 12:00 BST on Friday 5 July 2024",
            "amendsReleaseID": f"{OCID}-tender-1",
            "releaseID": f"{OCID}-tender-2",
        }
    ]
    with pytest.raises(UnwritableError):
        change_release(moved, ocid=OCID, published_at=AT, rule_set_digest="", notices=())


def test_a_cancelled_tender_says_so_in_every_lot() -> None:
    said: dict[str, Any] = {"ocid": OCID, "published_at": AT, "rule_set_digest": ""}
    release = cancellation_release(demo(), cancelled_at=LATER, reason="No money", **said)
    assert release["tender"]["status"] == "cancelled"
    assert {lot["status"] for lot in release["tender"]["lots"]} == {"cancelled"}
    assert release["tender"]["amendments"][-1]["rationale"] == "No money"
