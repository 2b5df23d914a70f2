"""The public decision record: everything a commissioner must say, nothing about who lost, and refusals by field."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pikepdf
import pytest

from exports.claims.claim import ClaimError
from exports.claims.decision import recompute
from exports.documents import IncompleteDocument
from exports.pdf import attached
from exports.reports.decision_record import REGISTER, DecisionRecord, decision_record
from lots.bid import Bid
from lots.collaboration import CollaborationRules
from scoring.decision import Comment, ConditionPrecedent, Signatory, WithheldItem
from scoring.formulas import PriceMethod
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import SIGNED, changed, fit_file
from tests.exports.pdf_text import tags_of, words_of
from workbench.printing import html_of, print_document

LOST = "quayside"  # bids for adult only and loses; harbour wins adult, beacon wins children


def lost_file(**award: Any) -> TenderFile:
    """Make the fit file in which quayside is nobody's partner: it leads one bid, which loses."""
    file = fit_file(**award)

    def rowan_instead(bid: Bid) -> Bid:
        parties = tuple(replace(it, organisation="rowan") if it.organisation == LOST else it for it in bid.parties)
        return replace(bid, parties=parties, split=None)

    return changed(free_of_rules(file), "children-beacon", rowan_instead)


def free_of_rules(file: TenderFile) -> TenderFile:
    lots = tuple(replace(lot, collaboration=CollaborationRules()) for lot in file.tender.lots)
    return replace(file, tender=replace(file.tender, lots=lots))


def record(file: TenderFile | None = None, **award: Any) -> DecisionRecord:
    return decision_record(evaluate(file or lost_file(**award)))


def refused(**award: Any) -> dict[str, str]:
    with pytest.raises(IncompleteDocument) as caught:
        record(**award)
    return {finding.place: finding.code for finding in caught.value.findings}


def test_it_names_each_lot_with_its_contractor_price_and_marks() -> None:
    made = record()
    assert [(lot.lot.id, lot.tenderer) for lot in made.lots] == [
        ("adult", "Harbour Trust"),
        ("children", "Beacon Trust"),
    ]
    adult = made.lots[0]
    assert (str(adult.price), str(adult.first_year)) == ("£870,000", "£290,000")
    assert (adult.rounding.text(adult.total or Fraction(0)), adult.received) == ("63.20", 3)


def test_the_table_of_marks_adds_up_to_the_total() -> None:
    for lot in record().lots:
        leaves = [line.own_marks for line in lot.lines if line.own is not None or line.kind == "price"]
        assert sum((marks or Fraction(0) for marks in leaves), Fraction(0)) == lot.total


@pytest.mark.parametrize(
    "name",
    [
        "reference", "title", "decision_maker", "power", "summary", "background", "outcomes", "process", "equality",
        "data_protection", "risk", "consultation", "social_value", "interests",
    ],
)  # fmt: skip
def test_an_empty_field_is_refused_by_its_path(name: str) -> None:
    assert refused(**{name: "  "}) == {f"award.{name}": "document_field_empty"}


def test_comments_options_signatories_and_grounds_may_not_be_empty() -> None:
    assert refused(finance=Comment("", "")) == {
        "award.finance.by": "document_field_empty",
        "award.finance.text": "document_field_empty",
    }
    assert refused(options=(" ",)) == {"award.options": "document_field_empty"}
    assert refused(signatories=()) == {"award.signatories": "document_field_empty"}
    held = (WithheldItem("Rates", " ", "officer"),)
    assert refused(withheld=held) == {"award.withheld[0].ground": "document_field_empty"}


def test_without_an_award_decision_there_is_no_record() -> None:
    with pytest.raises(IncompleteDocument) as caught:
        record(replace(fit_file(), award=None))
    assert [finding.place for finding in caught.value.findings] == ["award"]


def test_without_any_successful_tender_there_is_nothing_to_record() -> None:
    file = fit_file()
    with pytest.raises(IncompleteDocument) as caught:
        record(replace(file, bids=(), score_sheets=(), agreed_scores=()))
    assert "nothing_awarded" in {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("award.background", {"background": "Quayside Trust runs the present service."}),
        ("award.process", {"process": "Three bids: Harbour Trust, QUAYSIDE  trust and one more."}),
        ("award.options[1]", {"options": ("Award", "Give it to Quayside Trust")}),
        ("award.finance.text", {"finance": Comment("Chief finance officer", "Dearer than Quayside Trust’s bid.")}),
        ("award.exempt_reason", {"exempt_reason": "Quayside Trust asked for it."}),
    ],
)
def test_a_losers_name_in_published_words_is_refused_with_the_field(place: str, change: dict[str, Any]) -> None:
    assert refused(**change) == {place: "public_text_names_unsuccessful"}


def test_a_losers_name_is_found_without_its_legal_form() -> None:
    file = lost_file(background="Brunel Care is the present provider.")
    people = tuple(
        replace(each, name="Brunel Care Limited") if each.id == LOST else each for each in file.organisations
    )
    with pytest.raises(IncompleteDocument, match="names Brunel Care, an unsuccessful tenderer"):
        record(replace(file, organisations=people))


def test_a_panel_members_name_is_refused_unless_that_person_signs() -> None:
    panel = tuple(replace(each, name="Ida Wells") if each.id == "eva" else each for each in factories.panel())
    file = replace(fit_file(background="Ida Wells led the work."), panel=panel)
    with pytest.raises(IncompleteDocument, match="Ida Wells, a member of the panel"):
        record(file)
    assert file.award is not None
    signs = (*SIGNED, Signatory("Ida Wells", "Originator", SIGNED[0].signed_on))
    assert record(replace(file, award=replace(file.award, signatories=signs))).lots


def test_a_partner_of_a_successful_tender_may_be_named_though_its_own_tender_failed() -> None:
    assert record(fit_file(background="Quayside Trust will work with young victims.")).lots


def test_a_winner_of_another_lot_may_be_named() -> None:
    assert record(background="Beacon Trust and Harbour Trust did well.").lots


def canary(file: TenderFile) -> TenderFile:
    """Give everything of the loser's a mark that can be searched for."""
    people = tuple(
        replace(each, name="CANARY Trust", contact="CANARY", email="CANARY@example", address=("CANARY Row",))
        if each.id == LOST
        else each
        for each in file.organisations
    )
    own = next(bid for bid in file.bids if bid.tenderer == LOST)
    loud = replace(own, parties=tuple(replace(party, work="CANARY") for party in own.parties))
    bids = tuple(loud if bid == own else bid for bid in file.bids)
    agreed = tuple(
        replace(it, reason="CANARY", why_not_higher="CANARY") if it.bid == "adult-quayside" else it
        for it in file.agreed_scores
    )
    return replace(file, organisations=people, bids=bids, agreed_scores=agreed)


def test_nothing_of_the_losers_gets_into_page_or_data() -> None:
    made = record(canary(lost_file()))
    for text in (html_of(made), *(part.data.decode() for part in made.attachments)):
        assert "CANARY" not in text
        for figure in ("53.60", "828,000", "828000", "276000", "quayside"):
            assert figure not in text


def test_a_relative_formula_gives_no_rivals_price_away_in_the_data() -> None:
    file = fit_file()
    methods = tuple(replace(method, price=PriceMethod("lowest_relative")) for method in file.methodologies)
    made = record(replace(file, methodologies=methods))
    data = json.loads(made.attachments[0].data)
    assert recompute(made.attachments[0].data) == ()
    for lot in data["lots"]:
        assert "references" not in lot["inputs"]
        assert set(lot["stated"]) == {"winner.price", "winner.price_marks", "winner.total"}
        assert not {"winner.price_marks", "winner.total"} & set(lot["printed"])


def test_every_figure_of_the_record_is_recomputed() -> None:
    data = record().attachments[0].data
    assert recompute(data) == ()
    forged = data.decode().replace('"winner.total": "63.20"', '"winner.total": "64.20"').encode()
    assert [(it.place, it.printed, it.recomputed) for it in recompute(forged)] == [
        ("adult: winner.total", "64.20", "63.20")
    ]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "decision-record-claim/1"}'])
def test_data_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(ClaimError):
        recompute(data)


def test_a_withheld_price_stands_nowhere() -> None:
    made = record(withheld=(WithheldItem("Price of the successful tender", "Commercial interests", "officer"),))
    assert {lot.price for lot in made.lots} == {None}
    texts = [html_of(made), *(part.data.decode() for part in made.attachments)]
    assert not any(figure in text for text in texts for figure in ("870,000", "870000", "290,000"))
    assert "Commercial interests" in texts[0]
    assert recompute(made.attachments[0].data) == ()


def test_the_register_row_is_safe_in_a_spreadsheet() -> None:
    made = record(summary="=HYPERLINK(1)", exempt_reason="Commercial interests")
    data = next(part.data for part in made.attachments if part.name == REGISTER)
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True)) == {
        "reference": "DN-2024-31",
        "title": "Award of victim support contracts",
        "decision": "'=HYPERLINK(1)",
        "decision_maker": "Police and Crime Commissioner",
        "decided_on": "2024-10-21",
        "published_on": "",
        "papers": "",
        "papers_restricted_because": "Commercial interests",
    }


def test_publication_papers_and_significance_stand_in_print_and_in_the_register() -> None:
    more = {"papers": ("Needs assessment", "Equality assessment"), "significance": "It meets the test because …"}
    made = record(published_on=date(2024, 10, 22), **more)
    html = html_of(made)
    assert "Tuesday 22 October 2024" in html
    assert html.index("Significant public interest</h2>") < html.index("It meets the test because …")
    assert "<li>Needs assessment</li><li>Equality assessment</li>" in html
    data = next(part.data for part in made.attachments if part.name == REGISTER)
    _, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert row[5:7] == ["2024-10-22", "Needs assessment; Equality assessment"]
    assert row[7] == ""
    assert "Not yet published" in html_of(record(published_on=None))
    assert "Not yet published" in html_of(record(published_on=date(2024, 10, 22), decided_on=None))


def test_a_condition_of_one_lot_names_it() -> None:
    conditions = (
        ConditionPrecedent("A plan", date(2024, 11, 1), "adult"),
        ConditionPrecedent("All", date(2024, 11, 1)),
    )
    html = html_of(record(conditions=conditions))
    assert "<li>A plan (Adult support), by Friday 1 November 2024.</li><li>All, by" in html


def test_papers_and_significance_are_searched_for_names() -> None:
    assert refused(papers=("Letter to Quayside Trust",)) == {"award.papers[0]": "public_text_names_unsuccessful"}
    assert refused(significance="Quayside Trust lost") == {"award.significance": "public_text_names_unsuccessful"}


def test_a_comment_says_whose_it_is_before_it_begins() -> None:
    made = record(finance=Comment("Chief Finance Officer", "First line\nsecond line\n1. one\n2. two"))
    assert (
        '<p><span class="label">Comment of the Chief Finance Officer.</span> First line<br>second line</p>'
        '<ol><li value="1">one</li><li value="2">two</li></ol>'
    ) in html_of(made)


@pytest.mark.parametrize(
    "change", [{"decided_on": None}, {"signatories": (SIGNED[0], replace(SIGNED[1], signed_on=None))}]
)
def test_it_is_a_draft_until_everybody_has_signed(change: dict[str, Any]) -> None:
    assert record(**change).head.draft
    assert not record().head.draft


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_document(record(exempt_reason="Commercial interests of tenderers"))


def test_it_prints_the_same_bytes_twice(printed: bytes) -> None:
    assert print_document(record(exempt_reason="Commercial interests of tenderers")) == printed


def test_in_print_it_is_public_and_tells_the_whole_story(printed: bytes) -> None:
    text = words_of(printed)
    for said in (
        "Public · Dated Monday 21 October 2024", "DN-2024-31", "Two contracts are awarded.", "Options considered",
        "Comment of the Monitoring officer", "Within the budget.", "not a guarantee", "63.20",
        "Commercial interests of tenderers", "Ann Other", "Signed on Monday 21 October 2024", "The standstill ends",
    ):  # fmt: skip
        assert said in text, said
    assert "DRAFT" not in text
    assert recompute(attached(printed, "claim.json")) == ()


def test_in_print_it_is_tagged(printed: bytes) -> None:
    assert all(about["scope"] for kind, about in tags_of(printed) if kind == "/TH")
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert str(read.docinfo.Title).startswith("Decision record: Award of victim support contracts")


def test_a_draft_says_so_on_every_page() -> None:
    data = print_document(record(decided_on=None))
    with pikepdf.open(io.BytesIO(data)) as read:
        pages = len(read.pages)
    assert words_of(data).count("DRAFT") >= pages
