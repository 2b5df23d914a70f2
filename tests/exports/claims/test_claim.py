"""Attached data: what it recomputes to, what happens when a figure is changed, and what it may not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exports.claims import claim as claims
from exports.claims.claim import ClaimError, Difference, recompute
from exports.claims.figures import FigureError, number, number_text
from exports.notices.award_notice import award_notices, letters
from exports.pdf import attached
from lots.money import Money
from lots.regime import Regime
from scoring.decision import WithheldItem
from scoring.methods import PriceMethod
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import changed, fit_file, long_file, rescored
from tests.exports.pdf_text import words_of
from workbench.printing import html_of, print_document


def claim_of(file: TenderFile, tenderer: str = "quayside") -> bytes:
    made = [*letters(evaluate(file), "adult"), *award_notices(evaluate(file), "adult")]
    return next(each.attachments[0].data for each in made if each.head.about == tenderer)


def all_claims(file: TenderFile) -> list[bytes]:
    evaluation = evaluate(file)
    return [each.attachments[0].data for each in (*letters(evaluation), *award_notices(evaluation))]


def over_budget(bid: Any) -> Any:
    price = Money.pounds(310_000)
    keeps, fee = Money.pounds(186_000), Money.pounds(15_500)
    paid = replace(bid.split.payments[0], amounts=(price - keeps - fee,) * 3)
    return replace(
        bid,
        prices=(price,) * 3,
        split=replace(bid.split, delivery=(keeps,) * 3, management_fee=(fee,) * 3, payments=(paid,)),
    )


def keep_back(bid: Any) -> Any:
    payment = replace(bid.split.payments[0], deductions=(Money.pounds(500),) * 3)
    return replace(bid, split=replace(bid.split, payments=(payment,)))


CASES: list[Callable[[], TenderFile]] = [
    fit_file,
    long_file,
    lambda: fit_file(Regime.PA2023_LIGHT_TOUCH, voluntary_standstill=True),
    lambda: fit_file(Regime.PA2023_FULL),
    lambda: fit_file(Regime.GRANT),
    lambda: fit_file(means="both", received=date(2024, 10, 24)),
    lambda: rescored(fit_file(), "adult-beacon", "workforce", points=Decimal(1)),
    lambda: changed(fit_file(), "adult-beacon", lambda bid: replace(bid, received_at=factories.DEADLINE)),
    lambda: changed(fit_file(), "adult-beacon", over_budget),
    lambda: changed(fit_file(), "adult-beacon", keep_back),
    lambda: changed(fit_file(), "adult-beacon", lambda bid: replace(bid, responses=())),
    lambda: fit_file(withheld=(WithheldItem("price of the winner", "commercial interests", "officer"),)),
]


@pytest.mark.parametrize("case", CASES)
def test_every_number_of_every_document_is_recomputed(case: Callable[[], TenderFile]) -> None:
    found = all_claims(case())
    assert len(found) >= 2
    assert [recompute(data) for data in found] == [()] * len(found)


def priced_by(formula: str, *parameters: tuple[str, str], whole: bool = False) -> TenderFile:
    file = fit_file()
    quality, social, price = factories.criteria()
    tree = (replace(quality, weight=Decimal(90)), social) if whole else (quality, social, price)
    method = replace(file.methodologies[0], criteria=tree, price=PriceMethod(formula, parameters))
    return replace(file, methodologies=(method, file.methodologies[1]))


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(
    "file",
    [
        priced_by("lowest_relative"),
        priced_by("linear_min_max"),
        priced_by("linear_to_multiple"),
        priced_by("mean_deviation"),
        priced_by("target_deviation", ("target", "850000")),
        priced_by("price_per_quality_point", whole=True),
        priced_by("value_for_money_index", whole=True),
        priced_by("reference_value", whole=True),
        priced_by("reference_value_corridor", ("corridor_percent", "5"), ("decide_on", "lowest_price"), whole=True),
        priced_by("monetised_quality", ("value", "100000"), whole=True),
        priced_by("price_markup", ("maximum_percent", "50"), whole=True),
        priced_by("price_deduction", ("maximum_percent", "50"), whole=True),
        priced_by("relative_value_cost", whole=True),
        priced_by("utility_index", whole=True),
        priced_by("reduced_price", ("maximum_share", "0.99"), whole=True),
    ],
    ids=lambda file: file.methodologies[0].price.formula,
)
def test_every_price_formula_is_recomputed_from_anonymous_figures(file: TenderFile, hidden: bool) -> None:
    assert file.award is not None
    if hidden:
        item = WithheldItem("price of the successful tender", "commercial interests", "officer")
        file = replace(file, award=replace(file.award, withheld=(item,)))
    evaluation = evaluate(file)
    winner = evaluation.recommendation("adult").winner
    assert winner is not None
    assert winner.price is not None
    for made in letters(evaluation, "adult"):
        data = made.attachments[0].data
        assert recompute(data) == ()
        assert made.total is not None
        text = data.decode() + html_of(made)
        for other in evaluation.lot("adult").results:
            if other.tenderer.name not in (made.head.addressee and made.head.addressee.name, winner.tenderer.name):
                assert other.tenderer.name not in text
                assert other.bid.id not in text
        if hidden and made.head.about != winner.tenderer.id:
            assert f'"{winner.price}"' not in data.decode()
            assert f"{int(winner.price):,}" not in text


def tamper(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    found = json.loads(data)
    change(found)
    return json.dumps(found, ensure_ascii=False).encode()


def test_a_changed_total_is_named_with_both_figures() -> None:
    data = tamper(claim_of(fit_file()), lambda claim: claim["printed"].update({"own.total": "54.60"}))
    assert recompute(data) == (Difference("own.total", "54.60", "53.60"),)
    assert str(recompute(data)[0]) == "own.total: the document says 54.60, recomputed 53.60"


def points(claim: dict[str, Any]) -> None:
    claim["inputs"]["own"]["points"]["delivery"] = "4"


def weight(claim: dict[str, Any]) -> None:
    social, price = claim["inputs"]["methodology"]["criteria"][1:]
    social["weight"], price["weight"] = "15.00", "25.00"


def price(claim: dict[str, Any]) -> None:
    claim["inputs"]["bid"]["prices"][0] = "100000.00"


def sent(claim: dict[str, Any]) -> None:
    claim["inputs"]["period"]["sent"] = "2024-10-23"


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (points, ["own.marks.quality", "own.marks.delivery", "own.scored", "own.total"]),
        (price, ["own.price", "own.price_marks", "own.total"]),
        (sent, ["standstill.last_day", "standstill.earliest_contract"]),
        (
            weight,
            ["weight.social", "own.marks.social", "winner.marks.social", "weight.price"]
            + [f"{who}.{what}" for who in ("own", "winner") for what in ("scored", "price_marks", "total")],
        ),
    ],
)
def test_a_changed_input_shows_in_every_figure_that_follows_from_it(
    change: Callable[[dict[str, Any]], None], places: list[str]
) -> None:
    found = recompute(tamper(claim_of(fit_file()), change))
    assert [difference.place for difference in found] == places


def test_a_figure_left_out_or_put_in_is_named() -> None:
    def swap(claim: dict[str, Any]) -> None:
        claim["printed"]["own.bonus"] = claim["printed"].pop("own.total")

    found = recompute(tamper(claim_of(fit_file()), swap))
    assert set(found) == {Difference("own.bonus", "53.60", ""), Difference("own.total", "", "53.60")}


def test_a_changed_refusal_is_named() -> None:
    file = changed(fit_file(), "adult-beacon", keep_back)

    def soften(claim: dict[str, Any]) -> None:
        claim["printed"]["refusal.1"] = claim["printed"]["refusal.1"].replace("£500", "£5,000")

    (difference,) = recompute(tamper(claim_of(file, "beacon"), soften))
    assert difference.place == "refusal.1"
    assert "£5,000" in difference.printed
    assert "£500 " in difference.recomputed


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda claim: claim.update(format="decision-claim/2"), "not in the format"),
        (lambda claim: claim.update(extra=1), "extra: unknown"),
        (lambda claim: claim.pop("inputs"), "inputs: missing"),
        (lambda claim: claim["inputs"]["own"].update(price=12), "inputs.own.price"),
        (lambda claim: claim["inputs"]["own"]["points"].pop("delivery"), "cannot be recomputed"),
        (lambda claim: claim["inputs"]["own"]["points"].update(delivery="1e9"), "is not a number"),
        (lambda claim: claim["inputs"]["methodology"]["price"].update(formula="magic"), "cannot be recomputed"),
    ],
)
def test_data_that_cannot_be_read_or_recomputed_is_refused_in_a_sentence(
    change: Callable[[dict[str, Any]], Any], says: str
) -> None:
    with pytest.raises(ClaimError, match=says):
        recompute(tamper(claim_of(fit_file()), change))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"\xff", b"{" * 100_000, b'{"format": "decision-claim/1", "format": "x"}']
)
def test_what_is_no_claim_is_refused(data: bytes) -> None:
    with pytest.raises(ClaimError):
        recompute(data)


def test_a_claim_reads_back_as_it_was_written() -> None:
    data = claim_of(fit_file())
    assert claims.write(claims.read(data)) == data


def test_the_printed_pdf_carries_the_claim_and_shows_its_figures() -> None:
    made = letters(evaluate(fit_file()))[0]
    pdf = print_document(made)
    data = attached(pdf, "claim.json")
    assert data == made.attachments[0].data
    text, printed = words_of(pdf), dict(claims.read(data).printed)
    shown = [
        figure for place, figure in printed.items() if ".marks." in place or place.endswith(("total", "price_marks"))
    ]
    assert len(shown) == 12
    assert [figure for figure in shown if figure not in text] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", Fraction(12)), ("-0.5", Fraction(-1, 2)), ("14/3", Fraction(14, 3)), ("1.5/3", Fraction(1, 2))],
)
def test_numbers_are_read_exactly(text: str, value: Fraction) -> None:
    assert number(text) == value
    assert number(number_text(value)) == value


@pytest.mark.parametrize("text", ["", "1e5", "NaN", "1/0", "1/00", "１２", "1_000", "1/-2", "9" * 41, " 1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FigureError):
        number(text)
