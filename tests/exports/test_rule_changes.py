"""What differs between two rule sets, field by field, in words a bidder understands; and their digests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exports import tender_file
from exports.rule_changes import RuleChange, changes, rule_set_bytes, rule_set_digest
from lots.funding import Funding, FundingSource
from lots.money import Money
from scoring.criteria import Criterion
from scoring.formulas import PriceMethod
from scoring.limits.lot_limit import LotLimit
from scoring.methodology import Methodology
from scoring.rule_set import rule_set
from scoring.tender_file import TenderFile
from tests import factories

FILE = factories.tender_file()


def with_tender(**given: Any) -> TenderFile:
    return replace(FILE, tender=replace(FILE.tender, **given))


def with_lot(**given: Any) -> TenderFile:
    first, *others = FILE.tender.lots
    return with_tender(lots=(replace(first, **given), *others))


def with_method(at: int = 0, **given: Any) -> TenderFile:
    methods = list(FILE.methodologies)
    methods[at] = replace(methods[at], **given)
    return replace(FILE, methodologies=tuple(methods))


def first_leaf(method: Methodology, **given: Any) -> tuple[Criterion, ...]:
    top, *others = method.criteria
    leaf, *rest = top.parts
    return (replace(top, parts=(replace(leaf, **given), *rest)), *others)


def only(new: TenderFile) -> RuleChange:
    (change,) = changes(FILE, new)
    return change


def test_equal_rules_have_no_changes_whatever_happened_since() -> None:
    decided = factories.tender_file(award=factories.award())
    assert changes(FILE, decided) == ()
    assert changes(FILE, replace(FILE, bids=(), panel=())) == ()


def test_the_bytes_are_a_tender_file_in_canonical_form_and_the_digest_is_theirs() -> None:
    data = rule_set_bytes(FILE)
    assert tender_file.canonical(data)
    assert tender_file.read(data)[0] == rule_set(FILE)
    assert rule_set_digest(FILE) == sha256(data).hexdigest()
    assert rule_set_digest(replace(FILE, bids=())) == rule_set_digest(FILE)
    assert rule_set_digest(with_lot(annual_budget=Money.pounds(1))) != rule_set_digest(FILE)


def test_a_budget_is_told_in_pounds_before_and_after() -> None:
    assert only(with_lot(annual_budget=Money.pounds(310_000))) == RuleChange(
        "tender.lots[adult].annual_budget",
        f"{FILE.tender.lots[0].title}: annual budget",
        "changed",
        "£300,000",
        "£310,000",
        True,
    )


def test_a_weight_is_told_with_the_number_of_its_criterion() -> None:
    method = FILE.methodologies[0]
    leaf = method.criteria[0].parts[0]
    found = only(with_method(criteria=first_leaf(method, weight=leaf.weight + 5)))
    lots = ", ".join(FILE.tender.lot(lot).title for lot in method.lots)
    assert found.label == f"{lots}, award criterion 1.1 ({leaf.title}): weight"
    assert (found.before, found.after) == (f"{leaf.weight} %", f"{leaf.weight + 5} %")
    assert found.path == f"methodologies[{method.id}].criteria[{method.criteria[0].id}].parts[{leaf.id}].weight"
    assert found.material


def test_a_new_criterion_is_one_change_that_sums_it_up() -> None:
    method = FILE.methodologies[0]
    added = Criterion("extra", "Reach", Decimal(10), "quality", question="How far?")
    found = only(with_method(criteria=(*method.criteria, added)))
    assert (found.kind, found.before) == ("added", "")
    assert found.after == "title Reach; weight 10 %; kind quality; question How far?"
    assert found.label.endswith(f"award criterion {len(method.criteria) + 1} (Reach)")


def test_what_went_is_told_as_removed_with_what_it_was() -> None:
    lot = next(lot for lot in FILE.tender.lots if lot.requirements)
    lots = tuple(replace(each, requirements=()) if each is lot else each for each in FILE.tender.lots)
    found = changes(FILE, with_tender(lots=lots))
    assert [(each.kind, each.after, each.material) for each in found] == [("removed", "", True)] * len(found)
    assert [each.before for each in found] == [f"title {each.title}" for each in lot.requirements]


def test_a_parameter_of_the_price_formula_is_named() -> None:
    old = with_method(price=PriceMethod("linear_fixed", (("floor", "100"), ("ceiling", "200"))))
    new = with_method(price=PriceMethod("linear_fixed", (("floor", "110"), ("ceiling", "200"))))
    (found,) = changes(old, new)
    assert found.label.endswith("price formula, floor")
    assert (found.before, found.after, found.material) == ("100", "110", True)


def test_a_limit_on_lots_that_is_lifted_is_one_change() -> None:
    limited = replace(FILE, lot_limit=LotLimit("lot_order", 1, None, ("adult", "children")))
    (found,) = changes(limited, replace(limited, lot_limit=None))
    assert (found.path, found.label, found.kind) == ("lot_limit", "Limit on lots", "removed")
    assert found.before == "rule lot order; maximum lots 1; lot order adult; children"


def test_another_order_is_told_as_an_order_and_not_as_changes_of_every_field() -> None:
    found = only(with_tender(lots=FILE.tender.lots[::-1]))
    titles = [lot.title for lot in FILE.tender.lots]
    assert (found.path, found.before, found.after) == ("tender.lots.order", "; ".join(titles), "; ".join(titles[::-1]))


def test_the_deadline_is_told_on_a_london_clock() -> None:
    found = only(with_tender(deadline=FILE.tender.deadline.replace(day=30)))
    assert (found.before, found.after) == (
        "12:00 BST on Friday 27 September 2024",
        "12:00 BST on Monday 30 September 2024",
    )
    assert found.material


def test_words_and_the_funders_behind_a_budget_are_for_information() -> None:
    source = FundingSource("new", "New grant", "A funder", ())
    for new in (
        with_tender(title="Another title"),
        with_lot(title="Another name", description="Other words"),
        with_tender(funding=Funding((*FILE.tender.funding.sources, source), FILE.tender.funding.printed_totals)),
        with_method(title="Another name"),
    ):
        found = changes(FILE, new)
        assert found
        assert not any(each.material for each in found), found


def test_criteria_weights_formula_thresholds_and_anchors_are_material() -> None:
    scale = FILE.scales[0]
    levels = (replace(scale.levels[0], anchor="Other words."), *scale.levels[1:])
    method = FILE.methodologies[0]
    for new in (
        with_method(criteria=first_leaf(method, question="Another question")),
        with_method(criteria=first_leaf(method, minimum=Decimal(2))),
        with_method(minimum_quality=Decimal(40)),
        with_method(tie_breaks=()),
        with_method(quorum=2),
        replace(FILE, scales=(replace(scale, levels=levels),)),
        with_lot(collaboration=replace(FILE.tender.lots[0].collaboration, provider_maximum=Decimal(45))),
    ):
        found = changes(FILE, new)
        assert found
        assert all(each.material for each in found), found


def test_a_very_long_text_is_cut_in_the_notice() -> None:
    found = only(with_tender(description="x" * 5_000))
    assert len(found.after) == 1_001


@given(st.sampled_from(["title", "description", "source"]), st.text(max_size=30), st.text(max_size=30))
def test_there_are_changes_exactly_when_the_digests_differ(name: str, one: str, other: str) -> None:
    old, new = with_tender(**{name: one}), with_tender(**{name: other})
    assert bool(changes(old, new)) == (rule_set(old) != rule_set(new))
    assert [(each.after, each.before) for each in changes(new, old)] == [
        (each.before, each.after) for each in changes(old, new)
    ]
