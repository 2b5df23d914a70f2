"""The evaluation report: every part from the file, every change with its cause, and the file itself inside."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pikepdf
import pytest

from exports import tender_file
from exports.documents import TENDER_FILE, IncompleteDocument
from exports.pdf import attached
from exports.reports.panel_lots import before_words
from exports.reports.panel_matrix import Row, matrix
from exports.reports.panel_prices import in_pounds
from exports.reports.panel_report import PanelReport, panel_report
from lots.bid import Bid
from lots.funding import FundingSource, PrintedTotal
from lots.money import Money
from scoring.decision import ConditionPrecedent, EnquiryOutcome
from scoring.figures import plain
from scoring.formulas import PriceMethod
from scoring.limits.allocation import LotLimit
from scoring.recommendation import evaluate
from scoring.scoresheet import Declaration
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import changed, fit_file, rescored
from tests.exports.pdf_text import tags_of, words_of
from workbench.printing import html_of, print_document

PARTS = (
    "1. Summary and recommendation", "2. Procedure and timetable", "3. The published criteria and rules",
    "4. Tenders received", "5. Opening", "6. The panel and its interests", "7. Compliance and collaboration",
    "8. Individual scores", "9. Moderation", "10. Agreed scores and marks", "11. Reasons for the agreed scores",
    "12. Price", "13. Social value", "14. Totals and ranking", "15. Recomputation when a tender fell out",
    "16. The limit on lots", "17. How firm is this result: assurance, not part of the award method",
    "18. Affordability", "19. Clarifications and decisions on tenders",
    "20. Risks, sub-contracting and open points", "21. Not part of this report",
    "22. Signatures of the panel",
)  # fmt: skip
LIMITED = LotLimit("greatest_total_score", maximum_lots=1, lot_order=("children", "adult"))


def report(file: TenderFile | None = None) -> PanelReport:
    return panel_report(evaluate(file or fit_file()))


def relative(file: TenderFile) -> TenderFile:
    """Judge prices against the lowest, so that an exclusion moves everybody's marks."""
    methods = tuple(replace(method, price=PriceMethod("lowest_relative")) for method in file.methodologies)
    return replace(file, methodologies=methods)


def priced(pounds: int) -> Any:
    return lambda bid: replace(bid, prices=(Money.pounds(pounds),) * len(bid.prices), split=None)


def decoy() -> TenderFile:
    """Let quayside be cheap and miss the minimum for workforce: while it is in, beacon beats harbour."""
    cheap = changed(
        relative(fit_file()),
        "adult-quayside",
        lambda bid: replace(bid, prices=(Money.pounds(100_000),) * 3, split=None),
    )
    return rescored(cheap, "adult-quayside", "workforce", points=Decimal(1), changes=_moved("workforce"))


def _moved(criterion: str) -> Any:
    change = factories.agreed("adult-harbour", "delivery").changes[0]
    return tuple(replace(change, evaluator=who, explanation=f"{criterion} read again") for who in factories.EVALUATORS)


def refused(file: TenderFile) -> list[str]:
    with pytest.raises(IncompleteDocument) as caught:
        report(file)
    return [finding.place for finding in caught.value.findings]


# ------------------------------------------------------------------------------------------------- the parts


def test_the_recommendation_says_who_how_far_ahead_and_who_is_next() -> None:
    adult = report().summaries[0]
    assert (adult.winner, adult.reserve, adult.total, adult.margin) == (
        "Harbour Trust",
        "Quayside Trust",
        "63.20",
        "9.60 behind",
    )


def test_late_and_withdrawn_tenders_are_listed_and_were_not_opened() -> None:
    file = changed(fit_file(), "adult-beacon", lambda bid: replace(bid, received_at=factories.DEADLINE))
    rows = {row.tenderer: (row.outcome, row.before, row.opened) for row in report(file).tenders[0].rows}
    assert rows["Beacon Trust"] == ("Late: not opened", "at the deadline: late", False)
    assert rows["Harbour Trust"] == ("Ranked 1 of 2", "19 h 30 min", True)


@pytest.mark.parametrize("stated", [True, False], ids=["the file has its figures", "the file has none"])
def test_nothing_that_stands_in_a_late_tender_is_printed(stated: bool) -> None:
    def late(bid: Bid) -> Bid:
        given = replace(bid, received_at=factories.DEADLINE, prices=(Money(123_456_78),) * 3, split=None)
        return given if stated else replace(given, prices=(), parties=given.parties[:1])

    made = report(changed(fit_file(), "adult-beacon", late))
    html = html_of(made)
    assert "123,456" not in html
    assert "370,370" not in html
    assert made.totals[0].out == (("Beacon Trust", "late: not opened"),)
    assert "Beacon Trust" not in made.prices[0].tables[0].columns
    parts = [part for each in made.overlaps for part in each.parts if part.startswith("Adult support")]
    assert not any("partner of Beacon" in part for part in parts)


def test_time_before_the_deadline_is_said_to_the_second() -> None:
    assert before_words(timedelta(days=1, seconds=61)) == "1 d 1 min 1 s"
    assert before_words(timedelta(seconds=-1)) == "1 s late"


def test_every_moved_score_stands_with_old_new_cause_and_words() -> None:
    adult = report().moderation[0]
    assert (adult.scores, adult.unchanged, len(adult.changes), adult.unanimous, adult.answers) == (27, 24, 3, 6, 9)
    first = adult.changes[0]
    assert (first.tenderer, first.criterion, first.old, first.new) == (
        "Harbour Trust",
        "How the service is delivered",
        "4",
        "5",
    )
    assert (first.cause, first.explanation) == (
        "evidence in the bid had been missed",
        "The rota on page 9 had been overlooked.",
    )
    assert first.who == "Commissioning officer"


def test_individual_scores_stand_beside_the_agreed_one() -> None:
    table = report().individual[0].tables[0]
    assert table.columns == ("Harbour Trust", "Quayside Trust", "Beacon Trust")
    assert table.rows[0].cells == ("5·5·4 → 5", "3·3·2 → 3", "4·4·3 → 4")


def test_marks_are_worked_out_for_every_criterion_and_add_up() -> None:
    rows = {row.head: row.cells[0] for row in report().agreed[0].tables[0].rows}
    assert rows == {
        "Quality": "55.20",
        "How the service is delivered": "5 → 36.00",
        "Who delivers it": "4 → 19.20",
        "Social value": "3 → 6.00",
        "Quality and social value": "61.20",
    }


def test_a_declared_interest_stands_with_its_action_and_its_effect_on_scoring() -> None:
    file = fit_file()
    interest = Declaration("eva", "rowan", "conflicted", date(2024, 9, 30), "Her brother chairs it.", "Does not score.")
    sheets = tuple(it for it in file.score_sheets if it.evaluator != "eva" or it.bid == "children-beacon")
    methods = tuple(replace(method, quorum=2) for method in file.methodologies)
    changed_file = replace(
        file, declarations=(*file.declarations, interest), score_sheets=sheets, methodologies=methods
    )
    made = report(changed_file)
    assert made.interests[0].effect.startswith("The member scored 0 of the 12 answers")
    assert [(it.fewest, it.quorum) for it in made.coverage] == [(2, 2), (2, 2)]


def test_an_organisation_that_leads_one_bid_and_partners_in_its_rival_is_called_out() -> None:
    rivals = {it.name: it.rival for it in report().overlaps}
    assert rivals["Rowan Trust"] == ""
    assert rivals["Harbour Trust"] == ""
    file = fit_file()

    def rival(bid: Any) -> Any:
        return replace(
            bid,
            parties=tuple(replace(it, organisation="quayside") if it.role == "partner" else it for it in bid.parties),
            split=None,
        )

    mixed = {it.name: it.rival for it in report(changed(file, "adult-beacon", rival)).overlaps}
    assert mixed["Quayside Trust"] == "Leads one tender and takes part in a rival one for Adult support"


def test_an_exclusion_that_changes_the_winner_is_called_out_with_both_tables() -> None:
    made = report(decoy())
    step = next(it for it in made.recomputed if it.tenderer == "Quayside Trust")
    assert step.lot.id == "adult"
    gone = [row for row in step.rows if row.gone]
    assert [(row.tenderer, row.total[1], row.rank[1]) for row in gone] == [("Quayside Trust", "–", "out")]
    stayed = {row.tenderer: row.marks for row in step.rows if not row.gone}
    assert all(before != after for before, after in stayed.values())
    html = html_of(made)
    assert "step 1: Quayside Trust is out (minimum scores)" in html


def test_the_limit_is_shown_without_it_in_turn_and_under_the_rule() -> None:
    file = replace(
        fit_file(), lot_limit=LIMITED, bids=tuple(bid for bid in fit_file().bids if bid.id != "children-beacon")
    )
    file = replace(file, score_sheets=tuple(it for it in file.score_sheets if it.bid != "children-beacon"))
    file = replace(file, agreed_scores=tuple(it for it in file.agreed_scores if it.bid != "children-beacon"))
    table = report(file).limit
    assert table is not None
    assert [(row.lot, row.without.tenderer, row.awarded.tenderer, row.changed) for row in table.rows] == [
        ("Children support", "Harbour Trust", "Harbour Trust", False),
        ("Adult support", "Harbour Trust", "Quayside Trust", True),
    ]
    assert len(table.displaced) == 1
    assert "no allocation of as many lots within the limit adds up to more" in table.proof
    assert "/" not in table.proof


@pytest.mark.parametrize(
    ("figures", "amounts", "said"),
    [
        ("25 × 4564000 ÷ 5068000", (4564000, 5068000), "25 × £4,564,000 ÷ £5,068,000"),
        ("25 × 4564000.5 ÷ 25", (Fraction("4564000.5"), 25), "25 × £4,564,000.50 ÷ 25"),
        (f"30 × {plain(Fraction(10**7, 3))}", (Fraction(10**7, 3),), "30 × £3,333,333.33…"),
        ("14564000 × 4564000", (4564000,), "14564000 × £4,564,000"),
    ],
)
def test_amounts_in_a_formula_are_in_pounds_and_other_numbers_are_not(figures: str, amounts: Any, said: str) -> None:
    assert in_pounds(figures, tuple(map(Fraction, amounts))) == said


def test_the_published_price_formula_names_its_amounts_in_pounds_with_vat() -> None:
    method = PriceMethod("linear_fixed", (("floor", "700000"), ("ceiling", "900000")))
    file = replace(fit_file(), methodologies=tuple(replace(it, price=method) for it in fit_file().methodologies))
    html = html_of(report(file))
    assert "Floor (the price that earns all the marks): £700,000, excluding VAT." in html
    assert "(£900,000 − £870,000) ÷ (£900,000 − £700,000)" in html


def test_the_figures_of_the_funding_chart_stand_in_a_table_and_add_up() -> None:
    found = report().affordability
    assert found is not None
    (table,) = found.placed
    rows = {row.head: row.cells for row in table.rows}
    assert table.columns == tuple(lot.title for lot in found.lots)
    assert rows["Placed in all"] == rows["Budget"] == tuple(str(lot.budget) for lot in found.lots)
    assert "in the table below" in html_of(report())


def test_a_condition_of_one_lot_names_it() -> None:
    file = fit_file()
    assert file.award is not None
    award = replace(file.award, conditions=(ConditionPrecedent("A plan", date(2024, 11, 1), "adult"),))
    assert "A plan (Adult support)" in html_of(report(replace(file, award=award)))


def test_money_is_reconciled_to_the_penny_and_the_cliff_is_shown() -> None:
    file = fit_file()
    source = file.tender.funding.sources[0]
    more = FundingSource(
        "top", "Uplift", "Ministry", tuple(replace(it, amount=Money(14)) for it in source.lines), uplift=True
    )
    printed = PrintedTotal("All income", Money.pounds(420_000), ("moj", "top"))
    funding = replace(file.tender.funding, sources=(source, more), printed_totals=(printed,))
    made = report(replace(file, tender=replace(file.tender, funding=funding))).affordability
    assert made is not None
    assert (made.income, made.budgets, made.spare) == (Money(42_000_014), Money.pounds(420_000), Money(14))
    assert "14p more" in made.printed[0].sentence
    assert made.cliff is not None
    assert made.cliff.lost == Money(14)
    assert [str(it.difference) for it in made.years] == ["£18,000.14", "£18,000.14", "£130,000.14"]


def test_an_abnormally_low_price_stands_with_question_reply_and_decision() -> None:
    file = changed(
        fit_file(), "adult-quayside", lambda bid: replace(bid, prices=(Money.pounds(200_000),) * 3, split=None)
    )
    rules = tuple(
        replace(
            lot,
            collaboration=replace(
                lot.collaboration, lead_retention_maximum=None, management_fee_maximum=None, no_top_slice=False
            ),
        )
        for lot in file.tender.lots
    )
    day = date(2024, 10, 15)
    outcome = EnquiryOutcome(
        "adult-quayside", day, "Why so low?", day, "Our rent is paid.", "explained", "It is.", day, "officer"
    )
    file = replace(file, tender=replace(file.tender, lots=rules), enquiries=(outcome,))
    asked = report(file).prices[0].asked
    assert [(it.tenderer, it.outcome) for it in asked] == [("Quayside Trust", outcome)]
    assert asked[0].tests[0].startswith("Its price of £600,000 is")


def test_a_lot_that_waits_is_an_open_point_and_no_recommendation() -> None:
    file = fit_file()
    short = replace(file, agreed_scores=tuple(it for it in file.agreed_scores if it.criterion != "social"))
    made = report(short)
    assert [it.winner for it in made.summaries] == ["", ""]
    assert any("no agreed score yet" in text for text in made.open_points)


def test_members_without_a_declaration_about_a_partner_are_an_open_point() -> None:
    assert any("no declaration about them is on file: Rowan Trust" in text for text in report().open_points)


def test_a_wide_table_is_cut_and_keeps_every_cell() -> None:
    names = [f"Tenderer {at}" for at in range(12)]
    cut = matrix("Scores", "Criterion", names, [Row("One", tuple(map(str, range(12))))])
    assert [len(it.columns) for it in cut] == [5, 5, 2]
    assert [cell for it in cut for cell in it.rows[0].cells] == [str(at) for at in range(12)]


# -------------------------------------------------------------------------------------------------- refusals


def test_a_score_that_moved_without_a_cause_is_refused() -> None:
    assert refused(rescored(fit_file(), "adult-harbour", "delivery", changes=())) == ["agreed_scores[0].changes"]


def test_a_score_without_a_reason_is_refused() -> None:
    assert refused(rescored(fit_file(), "adult-harbour", "social", reason=" ")) == ["agreed_scores[2].reason"]


def test_an_interest_without_what_was_done_is_refused() -> None:
    file = fit_file()
    interest = Declaration("eva", "rowan", "possible", date(2024, 9, 30), "A friend works there.")
    assert refused(replace(file, declarations=(interest,))) == ["declarations[0].action"]


def test_a_report_without_a_panel_or_tenders_is_refused() -> None:
    empty = replace(fit_file(), panel=(), bids=(), score_sheets=(), agreed_scores=(), declarations=())
    assert refused(empty) == ["panel", "bids"]


# ----------------------------------------------------------------------------------------------------- print


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_document(report(replace(decoy(), lot_limit=LIMITED)))


@pytest.fixture(scope="module")
def text(printed: bytes) -> str:
    return words_of(printed)


def test_the_same_file_makes_the_same_report_and_the_same_page() -> None:
    file = fit_file()
    assert report(file) == report(fit_file())
    assert html_of(report(file)) == html_of(report(fit_file()))


def test_every_part_is_there_in_its_order(text: str) -> None:
    after = text[text.rindex(PARTS[0]) :]
    places = [after.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)


def test_the_whole_tender_file_travels_inside_and_gives_the_same_evaluation(printed: bytes) -> None:
    data = attached(printed, TENDER_FILE)
    read, findings = tender_file.read(data)
    assert findings == ()
    assert read == replace(decoy(), lot_limit=LIMITED)
    assert report(read).totals == report(replace(decoy(), lot_limit=LIMITED)).totals


def test_every_picture_is_read_out_and_every_header_scoped(printed: bytes) -> None:
    tags = tags_of(printed)
    alts = [about["alt"] for kind, about in tags if kind == "/Figure"]
    assert len(alts) == 3 + 5 * 2  # totals and money, and five of assurance for each lot
    assert [alt for alt in alts if not alt] == []
    assert sum(alt.startswith(("Marks of each ranked tender", "One way to place")) for alt in alts) == 3
    assert all(about["scope"] for kind, about in tags if kind == "/TH")


def test_only_the_documents_font_is_embedded(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as read:
        found = [each for each in read.objects if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each]
        names = {str(each.BaseFont).split("+")[-1] for each in found}
    assert {name.split("-")[0] for name in names} == {"Notice"}


def test_it_is_restricted_and_dated_the_last_day_of_the_panels_work(text: str) -> None:
    assert "Restricted · Dated Monday 14 October 2024" in text


def test_it_is_a_draft_while_there_is_no_signed_decision() -> None:
    assert report(replace(fit_file(), award=None)).head.draft
    assert not report().head.draft


def test_markup_in_what_people_typed_is_printed_as_typed() -> None:
    html = html_of(report(rescored(fit_file(), "adult-harbour", "social", reason="<script>alert(1)</script> & more")))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "<script" not in html
