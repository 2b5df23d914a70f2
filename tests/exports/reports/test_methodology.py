"""The methodology annex: complete, true to the rule set that travels inside it, and fit for paper and page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from exports import tender_file
from exports.documents import IncompleteDocument
from exports.names import file_name
from exports.pdf import attached
from exports.reports.methodology import RULE_SET, MethodologyAnnex, methodology_annex
from exports.rule_changes import rule_set_digest
from lots.collaboration import CollaborationRules
from lots.money import Money
from lots.regime import Regime
from lots.social_value import SocialValueMeasure
from lots.tender import RequiredDocument
from scoring.catalogue import FORMULAS
from scoring.formulas import PriceMethod
from scoring.limits.lot_limit import LotLimit
from scoring.rule_set import rule_set
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.pdf_text import tags_of, words_of
from workbench.printing import html_of, methodology_page, print_document

DEMO = Path(__file__).resolve().parents[3] / "workbench" / "demo" / "avon_and_somerset.json"
DAY = date(2024, 5, 15)
EVERY_RULE = CollaborationRules(
    Decimal("60"), Decimal("55"), Decimal("7.5"), Decimal("20"), Decimal("12.5"), Decimal("10"), True, True, True
)
PARAMETERS = {
    "linear_fixed": (("floor", "600000"), ("ceiling", "900000")),
    "target_deviation": (("target", "800000"),),
    "fixed_price": (("price", "850000"),),
    "reference_value_corridor": (("corridor_percent", "10"), ("decide_on", "lowest_price")),
    "monetised_quality": (("value", "100000"),),
    "price_markup": (("maximum_percent", "50"),),
    "price_deduction": (("maximum_percent", "50"),),
    "reduced_price": (("maximum_share", "0.9"),),
}


def demo() -> TenderFile:
    file, _ = tender_file.read(DEMO.read_bytes())
    assert file is not None
    return file


@cache
def demo_pdf() -> bytes:
    return print_document(annex(demo()))


def annex(file: TenderFile | None = None, **given: Any) -> MethodologyAnnex:
    return methodology_annex(file or factories.tender_file(), dated=DAY, **given)


def with_rules(rules: CollaborationRules, **lot: Any) -> TenderFile:
    file = factories.tender_file()
    first, *others = file.tender.lots
    changed = replace(first, collaboration=rules, **lot)
    return replace(file, tender=replace(file.tender, lots=(changed, *others)))


def with_formula(formula: str) -> TenderFile:
    file = factories.tender_file()
    price = PriceMethod(formula, PARAMETERS.get(formula, ()))
    return replace(file, methodologies=tuple(replace(it, price=price) for it in file.methodologies))


def shown(document: MethodologyAnnex) -> str:
    """Read the words of the page, tags taken out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", methodology_page(document))).replace("&#39;", "'")


def test_the_rules_travel_inside_and_the_fingerprint_is_theirs() -> None:
    file = demo()
    document, pdf = annex(file), demo_pdf()
    data = attached(pdf, RULE_SET)
    assert tender_file.read(data) == (rule_set(file), ())
    assert sha256(data).hexdigest() == rule_set_digest(file) == document.head.rules_digest
    assert document.head.rules_digest in words_of(pdf)


def test_the_annex_follows_from_the_rule_set_alone() -> None:
    file = demo()
    assert annex(file) == annex(rule_set(file))
    assert demo_pdf() == print_document(annex(rule_set(file)))


def test_the_pdf_is_tagged_with_headings_lists_and_scoped_table_heads() -> None:
    pdf = demo_pdf()
    tags = tags_of(pdf)
    kinds = {kind for kind, _ in tags}
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/L", "/LI"} <= kinds
    assert {it["scope"] for kind, it in tags if kind == "/TH"} <= {"/Row", "/Column"}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        assert "pdfuaid" in opened.Root.Metadata.read_bytes().decode()


def test_nothing_about_bids_or_people_is_in_it() -> None:
    file = demo()
    said = shown(annex(file)) + annex(file).attachments[0].data.decode()
    names = {each.name for each in file.organisations} | {each.name for each in file.panel}
    assert [name for name in names if name in said] == []


def test_every_lot_has_its_three_numbers_and_the_clause_about_the_ceiling() -> None:
    said = shown(annex(demo()))
    for words in ("£738,000", "£5,166,000", "£6,400,000", "£990,000", "£6,930,000", "£8,600,000"):
        assert words in said
    assert "It is not a guarantee: nothing above the price of the successful bid is promised" in said
    assert "Modern Slavery contribution" not in said  # nothing to bid for


def test_the_review_clause_is_named_only_where_the_law_asks_for_one() -> None:
    file = factories.tender_file()
    for regime, named in ((Regime.PCR2015_LIGHT_TOUCH, True), (Regime.PA2023_LIGHT_TOUCH, False)):
        said = annex(replace(file, tender=replace(file.tender, regime=regime))).spend_clause
        assert ("This is a review clause" in said) is named


def test_criteria_have_their_share_and_their_weight_in_the_whole() -> None:
    document = annex(demo())
    cyp = document.lots[0]
    rows = {row.title: (weight, row.weight) for row, weight in cyp.criteria}
    assert rows["Quality"] == (60, 60)
    assert rows["Outcomes and service model"] == (30, 18)  # 30 % of 60 %
    assert sum(row.weight for row, _ in cyp.criteria if not row.heading) == 100


def test_every_question_and_every_anchor_is_printed() -> None:
    file = demo()
    said = words_of(demo_pdf())
    bare = re.sub(r"\s+", "", said).replace("'", "’")
    for method in file.methodologies:
        for leaf in method.scored:
            assert re.sub(r"\s+", "", leaf.criterion.question[:60]).replace("'", "’") in bare
    for level in file.scales[0].levels:
        assert re.sub(r"\s+", "", level.anchor[:50]) in bare


def test_each_rule_about_the_split_is_worded_with_this_lots_pounds() -> None:
    """7.5 % of £300,000 is £22,500; 12.5 % of £900,000 over three years is £112,500."""
    found = {it.rule: it for it in annex(with_rules(EVERY_RULE)).lots[0].clauses}
    assert set(found) == {name for name in vars(EVERY_RULE) if name != "consequence"}
    assert found["management_fee_maximum"].pounds == (
        "At most £22,500 a year in a bid at the annual budget of £300,000; £67,500 over 3 years in a bid at the base "
        "value of £900,000."
    )
    assert found["vcse_minimum"].pounds.startswith("At least £37,500 a year")
    assert "at most 60 % of the price, in every contract year and over the whole term" in (
        found["lead_retention_maximum"].text
    )
    assert found["no_top_slice"].pounds == ""


def test_a_minimum_in_pounds_is_rounded_up_and_a_cap_down() -> None:
    rules = replace(EVERY_RULE, lead_retention_maximum=Decimal("33.3333"), vcse_minimum=Decimal("33.3333"))
    found = {it.rule: it for it in annex(with_rules(rules, annual_budget=Money.parse("100.01"))).lots[0].clauses}
    assert found["lead_retention_maximum"].pounds.startswith("At most £33.33 a year")
    assert found["vcse_minimum"].pounds.startswith("At least £33.34 a year")


def test_what_follows_a_broken_rule_is_said_as_published() -> None:
    for consequence, words in (("reject", "is rejected"), ("clarify", "is asked about it in writing")):
        rules = replace(EVERY_RULE, consequence=consequence)
        assert words in annex(with_rules(rules)).lots[0].consequence


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_every_formula_has_a_worked_example_that_is_right(formula: str) -> None:
    document = annex(with_formula(formula))
    lot = document.lots[0]
    assert (lot.example.problem, len(lot.example.rows)) == ("", 3)
    assert lot.letters == FORMULAS[formula].letters
    assert FORMULAS[formula].title in shown(document)


def test_the_example_of_lowest_price_relative_can_be_worked_out_by_hand() -> None:
    """£900,000 × 100, 95 and 90 %: the lowest, £810,000, earns all of the weight W, the others W × 810 ÷ P."""
    document = annex(with_formula("lowest_relative"))
    lot = document.lots[0]
    weight = lot.method.priced.weight if lot.method.priced else Fraction(0)
    say = lot.method.rounding.text
    assert [(row.price, row.result) for row in lot.example.rows] == [
        (Money.pounds(900_000), say(weight * 810 / 900)),
        (Money.pounds(855_000), say(weight * 810 / 855)),
        (Money.pounds(810_000), say(weight)),
    ]


def test_a_formula_that_cannot_judge_the_example_says_so() -> None:
    file = with_formula("reduced_price")
    price = PriceMethod("reduced_price", (("maximum_share", "0.5"),))
    document = annex(replace(file, methodologies=tuple(replace(it, price=price) for it in file.methodologies)))
    assert "maximum_share" in document.lots[0].example.problem
    assert document.lots[0].example.problem in shown(document)


def test_a_limit_on_lots_is_part_of_the_order_of_work_only_where_there_is_one() -> None:
    file = replace(factories.tender_file(), lot_limit=None)
    limited = replace(file, lot_limit=LotLimit("lot_order", 1, None, ("children", "adult")))
    assert "Limit on lots" not in dict(annex(file).order)
    assert dict(annex(limited).order)["Limit on lots"]
    assert limited.lot_limit is not None
    assert limited.lot_limit.words() in shown(annex(limited))


def test_letters_for_names_are_published_with_the_order_of_work() -> None:
    file = factories.tender_file()
    kept = replace(file, tender=replace(file.tender, tenderers_as_letters=True))
    assert "Names" not in dict(annex(file).order)
    assert dict(annex(kept).order)["Names"].startswith("Those who score read of tenderers by letter, not by name, ")


def test_documents_and_social_value_measures_stand_with_the_lots_they_are_asked_in() -> None:
    file = factories.tender_file()
    tender = replace(
        file.tender,
        documents=(RequiredDocument("plan", "A mobilisation plan", ("adult",)),),
        social_value=(SocialValueMeasure("jobs", "Jobs for local people", "New jobs", "people"),),
    )
    first, second = annex(replace(file, tender=tender)).lots
    assert [[each.id for each in lot.documents] for lot in (first, second)] == [["plan"], []]
    assert [[each.id for each in lot.measures] for lot in (first, second)] == [["jobs"], ["jobs"]]
    assert "Jobs for local people" in shown(annex(replace(file, tender=tender)))


def test_the_page_has_no_inline_style_or_script_and_says_what_the_pdf_says() -> None:
    document = annex(demo())
    page = methodology_page(document)
    assert "style=" not in page
    assert "<script" not in page
    heads = re.compile(r"<h2>(.*?)</h2>")
    assert heads.findall(page) == re.findall(r'<h2 id="part-\d+">(.*?)</h2>', html_of(document))


def test_what_people_typed_is_escaped() -> None:
    file = factories.tender_file()
    lots = tuple(replace(lot, title="<script>alert(1)</script>") for lot in file.tender.lots)
    page = methodology_page(annex(replace(file, tender=replace(file.tender, lots=lots))))
    assert "<script>" not in page


def test_a_draft_says_that_it_is_one() -> None:
    assert "these rules may still change" in html_of(annex(draft=True))
    assert "these rules may still change" not in html_of(annex())


def test_versions_are_numbered_and_named() -> None:
    second = annex(version=2)
    assert second.head.number.endswith("/all/M02")
    assert file_name(second) == "all-02-methodology.pdf"


def test_a_lot_without_methodology_term_or_known_formula_is_named() -> None:
    file = with_formula("my_own")
    lots = (replace(file.tender.lots[0], term=None), *file.tender.lots[1:])
    broken = replace(file, tender=replace(file.tender, lots=lots), methodologies=file.methodologies[:1])
    with pytest.raises(IncompleteDocument) as refused:
        annex(broken)
    places = [finding.place for finding in refused.value.findings]
    assert places[0] == "tender.lots[0].term"
    assert "methodologies[0].price.formula" in places
