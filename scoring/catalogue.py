"""Every price formula and whole method a tender may publish, in the words it is printed with, and their checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lots.errors import Finding, errors_in
from scoring.figures import exact
from scoring.formulas import ABOVE_NOUGHT, FormulaInfo, ParameterInfo, PriceMethod, PriceMethodError

_AMONG = "among the admitted bids"
_WHERE = ", where W is the price weight, P the bid’s evaluated price"
_MULTIPLE = ParameterInfo(
    "multiple",
    "the multiple of the lowest price that earns no marks",
    "a number above 1",
    lambda n: n > 1,
    "2",
)
_CLAMP = ParameterInfo("clamp", "whether marks stop at nought", "yes or no", default="yes", choices=("yes", "no"))
_FLOOR = ParameterInfo("floor", "the price that earns all the marks", "a number at least 0", lambda n: n >= 0)
_CEILING = ParameterInfo("ceiling", "the price that earns none", "a number above 0", ABOVE_NOUGHT)
_TARGET = ParameterInfo("target", "the price that earns all the marks", "a number above 0", ABOVE_NOUGHT)
_PRICE = ParameterInfo("price", "the published price of every bid", "a number above 0", ABOVE_NOUGHT)
_AT_MEAN = ParameterInfo(
    "at_mean", "marks out of 100 at the mean", "a number from 0 to 100", lambda n: 0 <= n <= 100, "50"
)
_PER_PERCENT = ParameterInfo(
    "per_percent", "marks out of 100 for each 1 % below the mean", "a number above 0", ABOVE_NOUGHT, "1"
)
_MARKS = (
    FormulaInfo(
        "lowest_relative", "Lowest price relative", "marks", "W × Pmin ÷ P",
        f"{_WHERE} and Pmin the lowest evaluated price {_AMONG}. The lowest price receives all of W.",
        True, "highest",
        "One very low bid pulls every other mark down, so a bid that cannot win can choose who does. Twice "
        "the lowest price still earns half the marks, and a price of nothing cannot be judged at all.",
        "Crown Commercial Service, Digital Outcomes and Specialists buyers' guidance; World Bank quality- "
        "and cost-based selection; withdrawn from the German UfAB in 2003",
    ),
    FormulaInfo(
        "linear_min_max", "Straight line from the lowest to the highest price", "marks",
        "W × (Pmax − P) ÷ (Pmax − Pmin)",
        f"{_WHERE}, and Pmin and Pmax the lowest and highest evaluated prices {_AMONG}. Where there is one "
        "bid, or all prices are equal, each bid receives W.",
        True, "highest",
        "The dearest bid gets nothing however close it is, and a hopelessly dear bid stretches the line and "
        "can reverse the order of the others.",
        "Consip (Italy), linear min-max; Swiss cantons; advised against by Ferber (2017)",
    ),
    FormulaInfo(
        "linear_to_multiple", "Straight line to a multiple of the lowest price", "marks",
        "max(0, W × (n × Pmin − P) ÷ ((n − 1) × Pmin))",
        f"{_WHERE}, Pmin the lowest evaluated price {_AMONG} and n the published multiple. Marks stop at "
        "nought unless the tender documents say that they may be negative.",
        True, "highest",
        "Still tied to the lowest bid, so an outlier moves everybody. Without a stop at nought a dear bid's "
        "mark is negative and eats into its quality.",
        "French Legal Affairs Directorate (DAJ) note; German portals; Norway, KOFA 2015/60",
        (_MULTIPLE, _CLAMP),
    ),
    FormulaInfo(
        "linear_fixed", "Straight line between published prices", "marks",
        "min(W, max(0, W × (ceiling − P) ÷ (ceiling − floor)))",
        f"{_WHERE}, and floor and ceiling the prices published in the tender "
        "documents; not less than 0 nor more than W.",
        False, "highest",
        "Needs credible prices: with the floor too high every bid has full marks, with the ceiling too high "
        "the bids are hardly told apart.",
        "Negometrix/Mercell weighted factor method; VMP Rheinland",
        (_FLOOR, _CEILING),
    ),
    FormulaInfo(
        "mean_deviation", "Distance from the mean price", "marks",
        "min(W, max(0, (W ÷ 100) × (at_mean + per_percent × 100 × (Pmean − P) ÷ Pmean)))",
        f"{_WHERE} and Pmean the mean evaluated price {_AMONG}; not less than 0 nor more than W.",
        True, "highest",
        "Every bid moves the mean, so bids can be placed to help one another; the mean must be taken again "
        "whenever a bid is excluded or readmitted.",
        "UK council practice (procurementtemplates.co.uk)",
        (_AT_MEAN, _PER_PERCENT),
    ),
    FormulaInfo(
        "target_deviation", "Distance from a target price", "marks",
        "max(0, W × (1 − |P − target| ÷ target))",
        f"{_WHERE} and target the price published in the tender documents; not less than 0.",
        False, "highest",
        "Punishes a bid for being cheaper than the target exactly as for being dearer.",
        "bid-evaluation package (MIT licence), test_formula_with_variables",
        (_TARGET,),
    ),
    FormulaInfo(
        "fixed_price", "Fixed price: quality decides", "marks", "0",
        ": the price is fixed at the amount published in the tender documents and carries no marks, so that quality "
        "alone decides. A bid at any other price is refused.",
        False, "none",
        "Price no longer separates bids, so quality must measure what the money buys. Give price no weight.",
        "Public Contracts Regulations 2015, regulation 67(4)",
        (_PRICE,),
    ),
)  # fmt: skip
_SCALE = ParameterInfo("scale", "makes figures readable", "a number above 0", ABOVE_NOUGHT, "1000000")
_CORRIDOR = ParameterInfo("corridor_percent", "how far the corridor reaches below the best figure",
                          "a number at least 0 and below 100", lambda n: 0 <= n < 100)  # fmt: skip
_DECIDE_ON = ParameterInfo("decide_on", "what ranks the bids inside the corridor",
                           "lowest_price or highest_quality",
                           choices=("lowest_price", "highest_quality"))  # fmt: skip
_VALUE = ParameterInfo("value", "pounds taken off at full marks", "a number at least 0", lambda n: n >= 0)
_MARKUP = ParameterInfo("maximum_percent", "added without any quality", "a number above 0", ABOVE_NOUGHT)
_FREE = "a number above 0 and below 100 (at 100 a full-marks bid would be free at any price)"
_DEDUCTION = ParameterInfo("maximum_percent", "taken off at full marks", _FREE, lambda n: 0 < n < 100)
_MOST = ParameterInfo("maximum_share", "what all quality shares together can come to",
                      "a number at least 0 and below 1", lambda n: 0 <= n < 1)  # fmt: skip
_WEIGHTS = tuple(
    ParameterInfo(f"{head}_weight", f"the weight of {head}", "a number above 0", ABOVE_NOUGHT, "50")
    for head in ("quality", "price")
)
_QP = ", where P is the bid’s evaluated price and Q its quality score"
_SHARE = ", where P is the bid’s evaluated price and share its quality score ÷ the most it could be"
_LOWEST, _HIGHEST = "The lowest figure ranks first.", "The highest figure ranks first."
_METHODS = (
    FormulaInfo(
        "price_per_quality_point", "Price per quality point", "method", "P ÷ Q", f"{_QP}. {_LOWEST}",
        False, "lowest",
        "Price and quality have no stated weights; a poor and cheap bid can win unless a minimum quality "
        "is set.",
        "Cabinet Office, Bid Evaluation Guidance Note (May 2021), section 7.3",
    ),
    FormulaInfo(
        "value_for_money_index", "Value for money index", "method", "Q^(wQ ÷ wP) ÷ P",
        f"{_QP}, and wQ and wP are the published weights of quality and price. {_HIGHEST} Where wQ ÷ wP is "
        "not a whole number, the figure is taken to 28 significant digits.",
        False, "highest",
        "Pays for quality nobody asked for: a much dearer bid wins by over-delivering, unless credit stops "
        "at the standard required.",
        "Ministry of Defence, documentation of the tessa package", _WEIGHTS,
    ),
    FormulaInfo(
        "reference_value", "Reference value (UfAB, simple)", "method", "round(scale × Q ÷ P)",
        f"{_QP}, rounded half up to a whole number. The highest figure, then the lower price, ranks first.",
        False, "highest",
        "Weighs price and quality half and half without saying so, and the rounding itself can make ties.",
        "UfAB, German federal guide to IT tenders: simple reference value method", (_SCALE,),
    ),
    FormulaInfo(
        "reference_value_corridor", "Reference value with a corridor (UfAB, extended)", "method",
        "round(scale × Q ÷ P)",
        f"{_QP}, rounded half up to a whole number. Bids whose figure is at least the best figure less "
        "corridor_percent come first, ranked on decide_on alone; the others follow, the highest figure first "
        "and the lower price first between equal figures.",
        True, "highest",
        "The width of the corridor decides: a bid just outside it loses to one that it beats on the deciding "
        "criterion, and a new best bid moves the corridor for everybody.",
        "UfAB, extended reference value method (arriba-net help)", (_SCALE, _CORRIDOR, _DECIDE_ON),
    ),
    FormulaInfo(
        "monetised_quality", "Quality valued in pounds", "method", "P − value × share",
        f"{_SHARE}, and value the pounds published for full marks; of several criteria, each takes its own "
        f"value × share off the price. {_LOWEST} It may be below nought.",
        False, "lowest",
        "The values must be what quality is worth to the buyer; set too high, price stops mattering.",
        "CROW/Negometrix award on value (Netherlands); comparison sums in Sweden and Norway", (_VALUE,),
    ),
    FormulaInfo(
        "price_markup", "Mark-up for missing quality", "method", "P × (1 + m × (1 − share))",
        f"{_SHARE}, and m is maximum_percent ÷ 100. {_LOWEST}", False, "lowest",
        "A missing quality point costs a dear bid more pounds than a cheap one.",
        "e-Avrop, help on evaluation models (Sweden)", (_MARKUP,),
    ),
    FormulaInfo(
        "price_deduction", "Deduction for quality", "method", "P × (1 − m × share)",
        f"{_SHARE}, and m is maximum_percent ÷ 100. {_LOWEST}", False, "lowest",
        "A quality point is worth more pounds to a dear bid than to a cheap one; near 100 % price hardly "
        "counts.",
        "e-Avrop, help on evaluation models (Sweden)", (_DEDUCTION,),
    ),
    FormulaInfo(
        "relative_value_cost", "Relative value cost", "method", "P ÷ ((Q + Qmax) ÷ (Qlow + Qmax))",
        f"{_QP}, Qmax the most it could be and Qlow the lowest score among the admitted bids. {_LOWEST}",
        True, "lowest",
        "Every figure moves with the poorest bid's quality (though the order does not), and full marks count "
        "for no more than twice none.",
        "Local Government Procurement, price-quality method (New South Wales)",
    ),
    FormulaInfo(
        "utility_index", "Utility index", "method", "(1 − (best_share − share) × N) ÷ P × Pbest",
        f"{_SHARE}, best_share the highest share and Pbest the lowest price among the admitted bids, and N "
        f"the published quality_weight ÷ price_weight. {_HIGHEST}",
        True, "highest",
        "Depends on the best quality and the best price, which may be those of bids that cannot win; a "
        "figure below nought gets better with a dearer price.",
        "Negometrix/Mercell utility index", _WEIGHTS,
    ),
    FormulaInfo(
        "reduced_price", "Reduced price", "method", "P ÷ (1 + share ÷ (1 − most))",
        f"{_SHARE} (Σv), and most the published maximum_share (Σvmax), which no share may pass. {_LOWEST}",
        False, "lowest",
        "What a quality point is worth grows steeply as maximum_share nears 1, and is hard to foresee.",
        "ProZorro, most economically advantageous tender (openprocurement.auction)", (_MOST,),
    ),
)  # fmt: skip
WHOLE_METHODS: Mapping[str, FormulaInfo] = MappingProxyType({info.id: info for info in _METHODS})
PRICE_FORMULAS: Mapping[str, FormulaInfo] = MappingProxyType({info.id: info for info in _MARKS})
FORMULAS: Mapping[str, FormulaInfo] = MappingProxyType({**PRICE_FORMULAS, **WHOLE_METHODS})


def depends_on_rivals(method: PriceMethod) -> bool:
    """Say whether another bid can change a bid's own figure; False for a formula nobody knows."""
    info = FORMULAS.get(method.formula)
    return info is not None and info.depends_on_rivals


def price_method_findings(method: PriceMethod) -> tuple[Finding, ...]:
    """Return what stops a published price method (errors), and what its authors should know (warnings)."""
    info = FORMULAS.get(method.formula)
    if info is None:
        return (_unknown_formula(method),)
    wrong = (*_strangers(method, info), *_mistaken(method, info))
    return (*(wrong or _across(method, info)), *_warnings(method, info))


def _unknown_formula(method: PriceMethod) -> Finding:
    message = f"“{method.formula}” is not a price formula: choose one of {', '.join(FORMULAS)}"
    return Finding("price_formula_unknown", message, "formula", figures=(("formula", method.formula),))


def _finding(code: str, info: FormulaInfo, name: str, says: str, typed: str = "") -> Finding:
    figures = (("formula", info.id), ("parameter", name), ("given", typed))
    return Finding(f"price_parameter_{code}", f"Under {info.id} {says}", f"parameters.{name}", figures=figures)


def _strangers(method: PriceMethod, info: FormulaInfo) -> Iterable[Finding]:
    known = [parameter.name for parameter in info.parameters]
    seen: set[str] = set()
    for name, typed in method.parameters:
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            yield _finding("unknown", info, name, f"there is no parameter “{name}”; it takes {takes}", typed)
        elif name in seen:
            yield _finding("repeated", info, name, f"the parameter {name} is given twice; say it once", typed)
        seen.add(name)


def _mistaken(method: PriceMethod, info: FormulaInfo) -> Iterable[Finding]:
    published = dict(method.parameters)
    for parameter in info.parameters:
        name, typed = parameter.name, published.get(parameter.name, parameter.default)
        if typed is None:
            says = f"the parameter {name} ({parameter.meaning}) is missing; it takes {parameter.takes}"
            yield _finding("missing", info, name, says)
        elif not parameter.accepts(typed):
            says = f"the parameter {name} is “{typed[:40]}”; it takes {parameter.takes}"
            yield _finding("invalid", info, name, says, typed)


def _in_force(method: PriceMethod, info: FormulaInfo) -> dict[str, str]:
    return {
        **{p.name: p.default for p in info.parameters if p.default is not None},
        **dict(method.parameters),
    }


def _across(method: PriceMethod, info: FormulaInfo) -> Iterable[Finding]:
    """Yield what is wrong between parameters that are each in range."""
    given = _in_force(method, info)
    if info.id == "linear_fixed" and exact(given["ceiling"]) <= exact(given["floor"]):
        says = f"the parameter ceiling is {given['ceiling']}; it takes a number above floor, {given['floor']}"
        yield _finding("invalid", info, "ceiling", says, given["ceiling"])
    if "quality_weight" in given and exact(given["quality_weight"]) > 100 * exact(given["price_weight"]):
        says = "the parameter quality_weight takes a number up to 100 times price_weight"
        yield _finding("invalid", info, "quality_weight", says, given["quality_weight"])


_KNOWN_FOR = {
    "target_deviation": "price_formula_punishes_cheaper_bids",
    "price_per_quality_point": "price_formula_needs_quality_minimum",
    "fixed_price": "price_carries_no_marks",
}
_RIVALS = "a bid's own figure depends on the other bids, so a bid that cannot win may change who does"
_NEGATIVE = "marks may fall below nought, and the tender documents must say so"


def _warnings(method: PriceMethod, info: FormulaInfo) -> Iterable[Finding]:
    if info.depends_on_rivals:
        yield Finding("price_formula_depends_on_rivals", f"Under “{info.title}” {_RIVALS}", "formula", "warning")
    if info.id in _KNOWN_FOR:
        yield Finding(_KNOWN_FOR[info.id], f"{info.title}: {info.known_weakness}", "formula", "warning")
    if method.parameter("clamp") == "no":
        yield Finding("price_marks_may_be_negative", f"Under “{info.title}” {_NEGATIVE}", "parameters.clamp", "warning")


def settled_parameters(method: PriceMethod, kind: str) -> dict[str, str]:
    """Return the parameters in force, with defaults; an unusable method, or another ``kind``, is refused."""
    errors = errors_in(price_method_findings(method))
    if errors:
        raise PriceMethodError(" ".join(f"{finding.message}." for finding in errors), errors)
    info = FORMULAS[method.formula]
    if info.kind != kind:
        does = "shares out a price weight" if info.kind == "marks" else "ranks price and quality together"
        raise PriceMethodError(f"{info.id} {does}: it cannot be used as a formula of the other kind")
    return _in_force(method, info)
