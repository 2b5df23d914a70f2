"""Evaluations that the tests of the spreadsheet write and recalculate: every formula, ties, exclusions, odd money."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import openpyxl

from exports.spreadsheet import evaluation_workbook
from lots.bid import OtherCost, Payment, UnitPrice
from lots.collaboration import CollaborationRules
from lots.funding import Funding, FundingLine, FundingSource, PrintedTotal
from lots.money import Money
from scoring.catalogue import FORMULAS
from scoring.criteria import Criterion
from scoring.decision import AdmissionDecision
from scoring.evaluation import LotEvaluation
from scoring.figures import Rounding
from scoring.formulas import PriceMethod
from scoring.limits.allocation import LotLimit
from scoring.methodology import BasketItem, CriterionValue, TieBreak
from scoring.recommendation import Evaluation, evaluate
from scoring.scoresheet import Score
from scoring.tender_file import LotPreference, TenderFile
from tests import factories as make

POINTS = {"harbour": (5, 4, 3), "quayside": (3, 4, 4), "beacon": (4, 3, 2), "rowan": (1, 1, 5)}
PRICES = {"harbour": 290_000, "quayside": 276_000, "beacon": 299_500, "rowan": 151_000}
WITHOUT_PRICE = (
    Criterion(
        "quality", "Quality", Decimal("85"), "quality",
        parts=(
            Criterion("delivery", "How", Decimal("60"), scale="0-5", minimum=Decimal("2")),
            Criterion("workforce", "Who", Decimal("40"), scale="0-5"),
        ),
    ),
    Criterion("social", "Social value", Decimal("15"), "social_value", scale="0-5"),
)  # fmt: skip
WITH_PRICE = tuple(
    replace(top, parts=(replace(top.parts[0], minimum=Decimal("2")), *top.parts[1:])) if top.parts else top
    for top in make.criteria()
)
BY_PRICE = (TieBreak("lowest_price"), TieBreak("highest_social_value"), TieBreak("highest_criterion", "quality"))


def one_lot(
    method: PriceMethod,
    points: dict[str, tuple[int, ...]] = POINTS,
    prices: dict[str, int] = PRICES,
    **changes: Any,
) -> TenderFile:
    """Make a file with one small lot judged by ``method``; a bid of one point for delivery falls at its minimum."""
    criteria = WITH_PRICE if FORMULAS[method.formula].kind == "marks" else WITHOUT_PRICE
    methodology = make.methodology("adult", price=method, criteria=criteria, tie_breaks=BY_PRICE)
    lot = make.lot("adult", collaboration=CollaborationRules())
    base, names = make.bid("adult-harbour"), ("delivery", "workforce", "social")
    bids = tuple(
        replace(
            base, id=who, prices=(Money.pounds(prices[who]),) * 3, split=None,
            parties=(replace(base.parties[0], organisation=who),),
        )
        for who in points
    )  # fmt: skip
    sheets = tuple(
        replace(
            make.sheet(evaluator, "adult-harbour"), bid=who,
            scores=tuple(Score(name, Decimal(each)) for name, each in zip(names, own, strict=True)),
        )
        for who, own in points.items() for evaluator in make.EVALUATORS
    )  # fmt: skip
    agreed = tuple(
        replace(make.agreed("adult-harbour", name), bid=who, points=Decimal(each), changes=())
        for who, own in points.items()
        for name, each in zip(names, own, strict=True)
    )
    file = make.tender_file(
        (), tender=make.tender(lots=(lot,)), bids=bids, score_sheets=sheets, agreed_scores=agreed,
        methodologies=(replace(methodology, **changes),),
    )  # fmt: skip
    quiet = replace(methodology.abnormally_low, below_mean_of_others=None, below_next=None, below_median=None)
    return replace(file, methodologies=(replace(file.methodologies[0], abnormally_low=quiet),))


def method(formula: str, **parameters: str) -> PriceMethod:
    return PriceMethod(formula, tuple(parameters.items()))


BASKET = (BasketItem("night", "A night's refuge", Decimal("1200.5")), BasketItem("call", "A call", Decimal("9000")))
VALUES = (CriterionValue("quality", Money.pounds(1_000_000)), CriterionValue("social", Money.pounds(200_000)))


def with_costs(file: TenderFile) -> TenderFile:
    costs = (OtherCost("Moving", Money(10_000_03)), OtherCost("Rent", Money(4_50)))
    return replace(file, bids=(replace(file.bids[0], other_costs=costs), *file.bids[1:]))


def with_basket(file: TenderFile) -> TenderFile:
    """Price the basket of every bid."""
    units = [(UnitPrice("night", Money(81_17 + at)), UnitPrice("call", Money(12_03 - at))) for at in range(4)]
    return replace(
        file,
        bids=tuple(replace(bid, unit_prices=own) for bid, own in zip(file.bids, units, strict=True)),
    )


TIED = {"harbour": (4, 4, 4), "quayside": (4, 4, 4), "beacon": (4, 4, 4), "rowan": (1, 4, 4)}
ODD = {"harbour": 290_001, "quayside": 276_003, "beacon": 299_507, "rowan": 151_111}
FIXED = dict.fromkeys(POINTS, 280_000)
LINE = method("linear_fixed", floor="300000.50", ceiling="900000")
VARIANTS: dict[str, TenderFile] = {
    "lowest_relative": one_lot(method("lowest_relative"), prices=ODD),
    "linear_min_max": one_lot(method("linear_min_max")),
    "linear_min_max, all equal": one_lot(method("linear_min_max"), prices=FIXED),
    "linear_to_multiple": one_lot(method("linear_to_multiple", multiple="1.05")),
    "linear_to_multiple, unclamped": one_lot(method("linear_to_multiple", multiple="1.05", clamp="no")),
    "linear_fixed": one_lot(LINE),
    "mean_deviation": one_lot(method("mean_deviation", per_percent="1.5")),
    "target_deviation": one_lot(method("target_deviation", target="850000")),
    "fixed_price": one_lot(method("fixed_price", price="840000"), prices=FIXED),
    "price_per_quality_point": one_lot(method("price_per_quality_point")),
    "value_for_money_index": one_lot(method("value_for_money_index", quality_weight="60", price_weight="40")),
    "reference_value": one_lot(method("reference_value")),
    "reference_value, tied figures": one_lot(method("reference_value", scale="100")),
    "corridor on price": one_lot(
        method("reference_value_corridor", corridor_percent="25", decide_on="lowest_price")
    ),
    "corridor on quality": one_lot(
        method("reference_value_corridor", corridor_percent="15", decide_on="highest_quality")
    ),
    "monetised_quality": one_lot(method("monetised_quality", value="1200000")),
    "price_markup": one_lot(method("price_markup", maximum_percent="40")),
    "price_deduction": one_lot(method("price_deduction", maximum_percent="40")),
    "relative_value_cost": one_lot(method("relative_value_cost")),
    "utility_index": one_lot(method("utility_index", quality_weight="70", price_weight="30")),
    "reduced_price": one_lot(method("reduced_price", maximum_share="0.9")),
    "a tie the list settles": one_lot(LINE, TIED, {**FIXED, "beacon": 280_001}, tie_breaks=BY_PRICE),
    "a tie nothing settles": one_lot(LINE, TIED, FIXED),
    "a tie for second place": one_lot(LINE, {**TIED, "beacon": (5, 3, 4)}, FIXED),
    "ranked on rounded totals": one_lot(LINE, TIED, {**FIXED, "beacon": 280_001}, rank_on="rounded"),
    "halves to the even digit": one_lot(LINE, rounding=Rounding(0, "half_even")),
    "cut towards zero": one_lot(method("lowest_relative"), rounding=Rounding(3, "down")),
    "a minimum for all": one_lot(LINE, minimum_quality=Decimal("66.6")),
    "life-cycle costs": with_costs(one_lot(LINE, evaluated_price="life_cycle")),
    "a present value": one_lot(LINE, evaluated_price="net_present_value", discount_rate=Decimal("3.5")),
    "a basket": with_basket(one_lot(method("lowest_relative"), evaluated_price="basket", basket=BASKET)),
    "a worth for each criterion": one_lot(method("monetised_quality", value="1200000"), values=VALUES),
    "nobody left": one_lot(LINE, minimum_quality=Decimal("99")),
}  # fmt: skip


@cache
def evaluated(name: str) -> Evaluation:
    return evaluate(VARIANTS[name])


@cache
def written(name: str) -> bytes:
    return evaluation_workbook(evaluated(name))


@cache
def whole() -> bytes:
    return evaluation_workbook(evaluate(make.tender_file()))


@cache
def crowded() -> bytes:
    """A file with everything in it: means of scores, other costs, a limit, deductions, broken rules, printed totals."""
    rules = CollaborationRules(
        Decimal("62.5"), Decimal("65"), Decimal("10"), Decimal("5"), Decimal("5"), Decimal("0.333"),
        no_top_slice=True, no_money_back=True, partners_confirmed=True, consequence="clarify",
    )  # fmt: skip
    lots = (make.lot("adult", collaboration=rules), make.lot("children", annual_budget=Money(112_000_01)))
    lines = (FundingLine(1, Money(1_000_33), "adult"), FundingLine(1, Money(7), "adult"), FundingLine(2, Money(5)))
    sources = (
        FundingSource("moj", "Victims grant", "Ministry of Justice", (FundingLine(1, Money.pounds(420_000)),)),
        FundingSource("nhs", "Health", "NHS", lines, ("adult",), "at_risk", date(2026, 3, 31), condition="=none"),
    )
    printed = (PrintedTotal("All grants", Money.pounds(421_000), ("moj", "nhs")),)
    base = make.bid("adult-harbour")
    assert base.split is not None
    kept = replace(base.split.payments[0], deductions=(Money(10_01), Money(0), Money(1)))
    back = Payment("rowan", "harbour", (Money(100_10),) * 3)
    sliced = replace(base, split=replace(base.split, payments=(kept, back)))
    dear = make.bid("children-harbour", other_costs=(OtherCost("Moving", Money(3)), OtherCost("Rent", Money(4_50))))
    late = make.bid("adult-beacon", received_at=make.DEADLINE)
    names = ("adult-quayside", "children-beacon")
    adult = make.methodology("adult", score_rule="mean", price=method("lowest_relative"), weighting="absolute")
    adult = replace(adult, criteria=absolute(adult.criteria))
    child = make.methodology("children", evaluated_price="life_cycle", over_ceiling="clarify")
    decided = tuple(
        AdmissionDecision(bid, "admit", concerning, "It was clarified.", date(2024, 10, 1), "Ruth")
        for bid, concerning in (
            ("adult-harbour", "split"),
            ("adult-quayside", "split"),
            ("children-harbour", "ceiling"),
        )
    )
    file = make.tender_file(
        make.BIDS, tender=make.tender(lots=lots, funding=Funding(sources, printed)), methodologies=(adult, child),
        bids=(sliced, dear, late, *(make.bid(name) for name in names)), admissions=decided,
        lot_limit=LotLimit("greatest_total_score", 1, None, ("adult", "children")),
        lot_preferences=(LotPreference("harbour", ("children", "adult")),),
    )  # fmt: skip
    return evaluation_workbook(evaluate(file))


def absolute(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """Give the parts of quality their own percentages of the whole."""
    delivery, workforce = criteria[0].parts
    parts = (replace(delivery, weight=Decimal("36.6")), replace(workforce, weight=Decimal("23.4")))
    return (replace(criteria[0], parts=parts), *criteria[1:])


def opened(data: bytes, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def formula_cells(data: bytes) -> Iterator[tuple[str, str, str]]:
    for sheet in opened(data):
        for row in sheet.iter_rows():
            yield from ((sheet.title, cell.coordinate, cell.value) for cell in row if cell.data_type == "f")


def line(sheet: Any, label: str) -> dict[str, Any]:
    """Read the first row with a label in column A, by the tenderer named at the head of its column."""
    row = next(cells for cells in sheet.iter_rows() if str(cells[0].value).partition(" =")[0] == label)
    heads = {cell.column: str(cell.value) for cell in sheet[3] if cell.column > 7 and cell.value}
    return {heads[cell.column]: cell.value for cell in row if cell.column in heads and cell.value is not None}


def by_name(lot: LotEvaluation, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Put the tenderers' names for the ids of their bids."""
    return {lot.result(bid).tenderer.name: figure for bid, figure in figures.items()}
