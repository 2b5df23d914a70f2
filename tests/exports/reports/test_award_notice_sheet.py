"""The contract award notice's data sheet: every box from the record, by regime, and what it cannot do without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exports.documents import IncompleteDocument
from exports.reports.award_notice_sheet import AwardNoticeSheet, award_notice_sheet
from lots.money import Money
from lots.organisation import Identifier
from lots.regime import Regime
from scoring.decision import NoticeDetails, WithheldItem
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests.workbench.evaluated import the_case
from workbench.printing import html_of

NOTICE = NoticeDetails("ocds-h6vhtk-04a1b2", date(2026, 7, 20), "South West England")


def under_the_act(regime: Regime = Regime.PA2023_FULL, **award: object) -> TenderFile:
    """Put the case under the Act, with everything its notice asks for."""
    case = the_case()
    assert case.award is not None
    organisations = tuple(
        replace(each, address=("1 High Street", "Bristol"), email=f"{each.id}@example.org",
                identifiers=each.identifiers or (Identifier("GB-CHC", "1000000"),))
        for each in case.organisations
    )  # fmt: skip
    decided = replace(
        case.award, notice=NOTICE, notices_sent=date(2026, 7, 3), notice_published=date(2026, 7, 6), **award
    )  # type: ignore[arg-type]
    return replace(case, tender=replace(case.tender, regime=regime), organisations=organisations, award=decided)


def boxes(sheet: AwardNoticeSheet, part: str) -> dict[str, str]:
    """Return the boxes of a part of the sheet."""
    return dict(next(each.rows for each in sheet.parts if each.title.startswith(part)))


def test_under_the_act_the_sheet_is_uk6_with_its_dates_and_suppliers() -> None:
    sheet = award_notice_sheet(evaluate(under_the_act()))
    adult = boxes(sheet, "Lot 2")
    assert sheet.head.title == "Contract award notice (UK6): data sheet"
    assert boxes(sheet, "Procurement")["Unique identifier of the procurement"] == "ocds-h6vhtk-04a1b2"
    assert boxes(sheet, "Dates") == {
        "Assessment summaries given on": "Friday 3 July 2026", "Notice published on": "Monday 6 July 2026",
        "Standstill": "Mandatory", "Standstill ends at the end of": "Thursday 16 July 2026",
        "No contract before": "Friday 17 July 2026", "Contract to be signed on": "Monday 20 July 2026",
    }  # fmt: skip
    assert (adult["Supplier"], adult["Voluntary, community or social enterprise"]) == (
        "Severnside Recovery Trust",
        "Yes",
    )
    assert adult["Consortium"].startswith("Yes, with ")
    assert (
        adult["Value of the contract"] == "£4,564,000 excluding VAT; £5,476,800 including VAT at 20 %, if it is charged"
    )


def test_above_five_million_the_unsuccessful_are_named_and_below_they_are_counted() -> None:
    sheet = award_notice_sheet(evaluate(under_the_act()))
    large, small = boxes(sheet, "Lot 2"), boxes(sheet, "Lot 1")
    assert "Quantock Support CIC" in " ".join(
        text for part in sheet.parts for asked, text in part.rows if asked == "Unsuccessful supplier"
    )
    assert "Unsuccessful suppliers" not in large
    assert small["Unsuccessful suppliers"] == "Not named: the estimated value is £5 million or less"
    assert (small["Tenders received"], small["Tenders assessed"]) == ("5", "4")


@pytest.mark.parametrize(("ceiling", "named"), [(Money(416_666_667), True), (Money(416_666_666), False)])
def test_the_boundary_is_five_million_with_vat(ceiling: Money, named: bool) -> None:
    file = under_the_act()
    lots = tuple(replace(each, maximum_potential_spend=ceiling) for each in file.tender.lots)
    sheet = award_notice_sheet(evaluate(replace(file, tender=replace(file.tender, lots=lots))))
    assert any(asked == "Unsuccessful supplier" for part in sheet.parts for asked, _ in part.rows) == named


def test_a_light_touch_award_may_be_signed_from_the_notice_unless_a_standstill_is_declared() -> None:
    light = award_notice_sheet(evaluate(under_the_act(Regime.PA2023_LIGHT_TOUCH)))
    declared = award_notice_sheet(evaluate(under_the_act(Regime.PA2023_LIGHT_TOUCH, voluntary_standstill=True)))
    assert boxes(light, "Dates")["No contract before"] == "Monday 6 July 2026"
    assert boxes(declared, "Dates")["Standstill"] == "Voluntary: it binds once the notice states it"
    assert boxes(declared, "Dates")["No contract before"] == "Friday 17 July 2026"


def test_every_box_that_must_be_filled_is_named() -> None:
    file = under_the_act()
    assert file.award is not None
    bare = replace(
        file, award=replace(file.award, notice=NoticeDetails(), notice_published=None),
        organisations=tuple(replace(each, address=(), email="") for each in file.organisations),
    )  # fmt: skip
    with pytest.raises(IncompleteDocument) as refused:
        award_notice_sheet(evaluate(bare))
    places = {each.place for each in refused.value.findings}
    assert {"award.notice.identifier", "award.notice.signing_expected", "award.notice_published"} <= places
    assert sum(place.endswith(".address") for place in places) == 2


def test_the_notice_never_comes_before_the_summaries() -> None:
    file = under_the_act()
    assert file.award is not None
    early = replace(file, award=replace(file.award, notice_published=date(2026, 7, 2)))
    with pytest.raises(IncompleteDocument, match="every summary comes first"):
        award_notice_sheet(evaluate(early))


def test_what_is_withheld_is_said_to_be() -> None:
    item = WithheldItem("The price", "Section 94: sensitive commercial information", "Senior Procurement Officer")
    sheet = award_notice_sheet(evaluate(under_the_act(withheld=(item,))))
    assert boxes(sheet, "Withheld") == {"The price": "Section 94: sensitive commercial information"}
    assert boxes(sheet, "Lot 2")["Value of the contract"] == "Withheld: Section 94: sensitive commercial information"


def test_under_the_regulations_it_follows_the_signature() -> None:
    sheet = award_notice_sheet(evaluate(the_case()))
    assert "within 30 days" in sheet.law
    assert boxes(sheet, "Dates")["Contract concluded on"] == "To be filled in once it is known"
    assert boxes(sheet, "Dates")["No contract before"] == "Saturday 5 October 2024"


def test_the_sheet_prints_every_box() -> None:
    sheet = award_notice_sheet(evaluate(under_the_act()))
    html = html_of(sheet)
    assert all(part.title in html for part in sheet.parts)
    assert "Restricted: this sheet is for whoever fills the notice in" in html
