"""The rehearsal report: two pages without a tenderer's figure, and a claim that holds the rehearsal again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest

from exports.claims.claim import ClaimError
from exports.documents import CLAIM, digests
from exports.names import file_name
from exports.pdf import attached
from exports.reports.rehearsal import MOST_CRITERIA, RehearsalReport, recompute, rehearsal_report, rules_of
from scoring.rehearsal.report import rehearse
from scoring.rehearsal.settings import PriceSpread, RehearsalError, ScoreSpread
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.pdf_text import words_of
from tests.scoring.rehearsal.cases import by, many_criteria, rules, whole
from workbench.printing import html_of, print_document

HELD = date(2024, 7, 1)


def report(file: TenderFile | None = None, seed: int = 3, **settings: Any) -> RehearsalReport:
    file = by("linear_min_max") if file is None else file
    return rehearsal_report(file, rehearse(file, "adult", seed=seed, **settings), dated=HELD)


def claim_of(made: RehearsalReport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.attachments[0].data)
    return found


def altered(made: RehearsalReport, **changes: Any) -> bytes:
    return json.dumps({**claim_of(made), **changes}).encode()


def test_the_report_holds_itself_again_from_its_seed() -> None:
    made = report(spread=PriceSpread(40, 100))
    assert made.result.reversal is not None
    assert recompute(made.attachments[0].data) == ()


def test_a_figure_that_was_changed_is_found_by_its_place() -> None:
    made = report(rounds=20)
    printed = {**claim_of(made)["printed"], "unawardable": "1 of 20"}
    found = recompute(altered(made, printed=printed))
    assert [(it.place, it.printed, it.recomputed) for it in found] == [("unawardable", "1 of 20", "0 of 20")]


def test_another_seed_does_not_hold_the_same_rehearsal() -> None:
    made = report(rounds=20)
    settings = {**claim_of(made)["settings"], "seed": 4}
    assert "round 1 bid A" in {it.place for it in recompute(altered(made, settings=settings))}


def test_rules_that_were_changed_no_longer_have_the_digest_on_the_page() -> None:
    made = report(rounds=20)
    tender = {**claim_of(made)["rules"]["tender"], "title": "Another"}
    found = recompute(altered(made, rules={**claim_of(made)["rules"], "tender": tender}))
    assert [it.place for it in found] == ["rules digest"]


def test_attached_data_that_cannot_be_rehearsed_is_refused() -> None:
    made = report(rounds=20)
    with pytest.raises(ClaimError, match="cannot be recomputed"):
        recompute(altered(made, lot="nowhere"))
    with pytest.raises(ClaimError, match="cannot be recomputed"):
        recompute(altered(made, settings={"seed": 1, "rounds": 5000}))
    with pytest.raises(ClaimError, match="format"):
        recompute(b'{"format": "other/1"}')


def test_the_rules_are_those_every_document_bears_the_digest_of() -> None:
    file = factories.tender_file()
    assert digests(rules_of(file))[0] == digests(file)[0]
    made = rehearsal_report(file, rehearse(file, "adult", seed=1, rounds=5), dated=HELD)
    assert made.head.rules_digest == digests(file)[0]


def test_no_tenderer_and_no_score_travels_in_the_report() -> None:
    file = factories.tender_file()
    made = rehearsal_report(file, rehearse(file, "adult", seed=1, rounds=5), dated=HELD)
    data = made.attachments[0].data.decode() + html_of(made)
    assert [name for name in ("Harbour", "Quayside", "Beacon", "adult-harbour", "Idris") if name in data] == []


def test_a_rehearsal_of_other_rules_is_not_printed_as_one_of_these() -> None:
    result = rehearse(rules(), "adult", seed=1, rounds=5)
    with pytest.raises(RehearsalError, match="rehearse the lot again"):
        rehearsal_report(rules(minimum_quality=Decimal(90)), result, dated=HELD)


def test_the_paper_is_dated_numbered_and_filed_under_its_lot() -> None:
    made = report(rounds=5)
    assert (made.head.dated, made.head.number, made.head.draft) == (HELD, "OPCC-2024-017/adult/T01", False)
    assert file_name(made) == "adult-01-rehearsal-seed-3.pdf"


CASES = {
    "reversed": by("linear_min_max"),
    "fixed": rules(),
    "whole": whole("price_per_quality_point"),
    "five hundred criteria": rules(criteria=many_criteria(500), tie_breaks=()),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_report_is_two_pages_and_says_that_nobody_bid(name: str) -> None:
    made = report(CASES[name], rounds=200 if name == "reversed" else 20)
    data = print_document(made)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) <= 2
    assert "Rehearsal with made-up bids: no tenderer’s figures." in words_of(data)
    assert attached(data, CLAIM) == made.attachments[0].data
    assert print_document(made) == data


def test_of_many_criteria_the_heaviest_are_printed_and_the_rest_counted() -> None:
    made = report(rules(criteria=many_criteria(40), tie_breaks=()), rounds=3)
    assert (len(made.criteria), made.left_out) == (MOST_CRITERIA, 41 - MOST_CRITERIA)
    assert "price" in {it.criterion for it in made.criteria}
    assert f"{made.left_out} more are in the attached data" in html_of(made)


def test_the_first_reversal_is_told_with_both_totals() -> None:
    made = report(spread=PriceSpread(40, 100))
    assert made.result.reversal is not None
    html = html_of(made)
    assert made.result.reversal.sentence in html
    assert f"Total with bid {made.result.reversal.removed}" in html


def test_a_rehearsal_that_empties_every_round_prints_without_a_picture() -> None:
    made = report(rules(), rounds=3, scores=ScoreSpread((1, 0, 0, 0, 0, 0)))
    html = html_of(made)
    assert made.columns == ()
    assert "There was no round with a winner." in made.result.measures[0].sentence
    assert "is out: “Who delivers it” scored 0; the published minimum is 2." in html
    assert recompute(made.attachments[0].data) == ()


def test_titles_are_printed_as_words() -> None:
    file = rules()
    lots = tuple(replace(lot, title="<b>Adult</b> & more") for lot in file.tender.lots)
    made = report(replace(file, tender=replace(file.tender, lots=lots)), rounds=3)
    assert "<b>Adult</b>" not in html_of(made)
    assert "&lt;b&gt;Adult&lt;/b&gt; &amp; more" in html_of(made)
