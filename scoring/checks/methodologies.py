"""What keeps a methodology from being published: criteria, price formula, tie-breaks, rounding, gates and lots."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from lots.collaboration import percentage
from lots.errors import Finding, errors_in
from scoring.catalogue import FORMULAS, WHOLE_METHODS, price_method_findings, settled_parameters
from scoring.checks.index import Index, blank, ids, overlong, unknown
from scoring.criteria import Kind, criteria_findings, walk
from scoring.figures import exact, plain
from scoring.methodology import Methodology, TieBreak
from scoring.scale import scale_findings

_MOST_PLACES = 6


def methodology_findings(index: Index) -> Iterator[Finding]:
    """Check the scales, every methodology, and that each lot tendered for as a contract has exactly one."""
    file = index.file
    yield from ids(file.scales, "scale", "scales")
    for i, scale in enumerate(file.scales):
        yield from scale_findings(scale, f"scales[{i}]")
    yield from ids(file.methodologies, "methodology", "methodologies")
    yield from _lots(index)
    for i, methodology in enumerate(file.methodologies):
        yield from _methodology(methodology, index, f"methodologies[{i}]")


def _lots(index: Index) -> Iterator[Finding]:
    """Match lots and methodologies: each contract lot has one, and nothing else has any."""
    judged: dict[str, str] = {}
    for i, methodology in enumerate(index.file.methodologies):
        if not methodology.lots:
            message = f"“{methodology.title}” judges no lot: name its lots, or take it out"
            yield Finding("methodology_without_lots", message, f"methodologies[{i}].lots")
        for j, lot_id in enumerate(methodology.lots):
            here, lot = f"methodologies[{i}].lots[{j}]", index.lots.get(lot_id)
            if lot is None:
                yield unknown("methodology_lot_unknown", "lot", lot_id, index.lots, here)
            elif not lot.is_contract:
                message = f"{lot.title} is not tendered for as a contract: there are no bids to judge"
                yield Finding("methodology_lot_not_tendered", message, here)
            elif lot_id in judged:
                message = f"{lot.title} has two methodologies (first at {judged[lot_id]}): a lot is judged by one"
                yield Finding("methodology_repeated", message, here)
            judged.setdefault(lot_id, here)
    for lot in index.file.tender.contract_lots:
        if lot.id not in judged:
            message = f"{lot.title} has no methodology: name “{lot.id}” in the lots of one"
            yield Finding("methodology_missing", message, "methodologies")


def _methodology(methodology: Methodology, index: Index, place: str) -> Iterator[Finding]:
    maxima = {scale.id: scale.maximum for scale in index.file.scales if scale.levels}
    yield from criteria_findings(methodology.criteria, methodology.weighting, maxima, f"{place}.criteria")
    for criterion, here in walk(methodology.criteria, f"{place}.criteria"):
        message = "This criterion has no {}: it is how the file and the letters name it"
        yield from blank("id_missing", criterion.id, message.format("id"), f"{here}.id")
        yield from blank("title_missing", criterion.title, message.format("title"), f"{here}.title")
        yield from overlong(criterion.title, "The criterion’s title", f"{here}.title")
        if criterion.word_limit is not None and criterion.word_limit < 1:
            message = f"The word limit of “{criterion.title}” is {criterion.word_limit}: write 1 or more, or none"
            yield Finding("word_limit", message, f"{here}.word_limit")
    yield from _price(methodology, f"{place}.price")
    yield from _tie_breaks(methodology, f"{place}.tie_breaks")
    yield from _numbers(methodology, place)


def _price(methodology: Methodology, place: str) -> Iterator[Finding]:
    """Check the formula's own rules, and that it and the criteria agree on whether price carries a weight."""
    gated = methodology.minimum_quality is not None
    for finding in price_method_findings(methodology.price):
        if not (gated and finding.code == "price_formula_needs_quality_minimum"):
            yield replace(finding, place=f"{place}.{finding.place}")
    yield from _below_nought(methodology, place)
    formula, priced = methodology.price.formula, methodology.priced
    if formula not in FORMULAS:
        return
    if priced and formula in WHOLE_METHODS:
        message = (
            f"“{formula}” ranks price and quality together, so no weight is left for the price criterion "
            f"“{priced.criterion.title}”: take that out, or choose a formula that shares out a price weight"
        )
        yield Finding("price_criterion_under_method", message, place)
    elif priced and formula == "fixed_price":
        message = f"At a fixed price “{priced.criterion.title}” can earn no marks: give its weight to quality"
        yield Finding("price_criterion_at_fixed_price", message, place)
    elif not priced and formula not in WHOLE_METHODS and formula != "fixed_price":
        message = f"“{formula}” shares out a price weight, and no criterion is of the kind “price”: add one"
        yield Finding("price_criterion_missing", message, place)


def _below_nought(methodology: Methodology, place: str) -> Iterator[Finding]:
    """Find a utility index that can be nought or less, where a dearer price ranks no worse or even better.

    The figure is not above nought once the share of quality lies wP ÷ wQ or more below the best; a published minimum
    for quality keeps bids out that lie so far below.
    """
    if methodology.price.formula != "utility_index" or errors_in(price_method_findings(methodology.price)):
        return
    given = {name: exact(value) for name, value in settled_parameters(methodology.price, "method").items()}
    reach = 100 * given["price_weight"] / given["quality_weight"]
    if reach > 100 - Fraction(methodology.minimum_quality or 0):
        return
    least = (100 - reach) // 1 + 1
    message = (
        f"At a quality_weight of {plain(given['quality_weight'])} and a price_weight of {plain(given['price_weight'])} "
        f"a bid whose quality is {percentage(reach)} or more below the best gets a figure of nought or less, and among "
        f"such bids a dearer price does no harm or even helps: publish a minimum of {least} % or more for quality, or "
        "a smaller quality_weight"
    )
    yield Finding("utility_index_below_nought", message, f"{place}.parameters.quality_weight", "warning")


def _tie_breaks(methodology: Methodology, place: str) -> Iterator[Finding]:
    if not methodology.tie_breaks:
        message = "There is no tie-break list: publish at least one step, so that no tie is settled afterwards"
        yield Finding("tie_breaks_missing", message, place)
    scored: dict[str, set[Kind]] = {}
    for leaf in methodology.scored:
        for name in (*leaf.above, leaf.criterion.id):
            scored.setdefault(name, set()).add(leaf.kind)
    seen: set[TieBreak] = set()
    for i, step in enumerate(methodology.tie_breaks):
        if step in seen:
            message = "This tie-break step stands in the list already: the second time it settles nothing"
            yield Finding("tie_break_repeated", message, f"{place}[{i}]")
        seen.add(step)
        yield from _tie_break(step, methodology, scored, f"{place}[{i}]")


def _tie_break(
    step: TieBreak, methodology: Methodology, scored: Mapping[str, Collection[Kind]], place: str
) -> Iterator[Finding]:
    """Check that a step can tell bids apart: it names a scored criterion if it needs one, and only then."""
    if step.rule == "highest_criterion" and step.criterion not in scored:
        priced = methodology.priced
        if priced and step.criterion == priced.criterion.id:
            message = f"“{step.criterion}” is the price criterion: use the rule lowest_price"
            yield Finding("tie_break_criterion", message, f"{place}.criterion")
        else:
            yield unknown("tie_break_criterion", "scored criterion", step.criterion, scored, f"{place}.criterion")
    elif step.rule != "highest_criterion" and step.criterion:
        message = f"The rule {step.rule} takes no criterion: leave “{step.criterion}” out"
        yield Finding("tie_break_criterion", message, f"{place}.criterion")
    kind = {"highest_quality": "quality", "highest_social_value": "social_value"}.get(step.rule)
    if kind and all(kind not in kinds for kinds in scored.values()):
        message = f"The rule {step.rule} can settle nothing: no criterion is of the kind “{kind}”"
        yield Finding("tie_break_rule", message, f"{place}.rule")


def _numbers(methodology: Methodology, place: str) -> Iterator[Finding]:
    """Check rounding, quorum, the minimum for quality and the triggers of a low-price enquiry."""
    places = methodology.rounding.places
    if not 0 <= places <= _MOST_PLACES:
        message = f"Marks cannot be rounded to {places} places: write 0 to {_MOST_PLACES}"
        yield Finding("rounding_places", message, f"{place}.rounding.places")
    if methodology.quorum < 1:
        message = f"The quorum is {methodology.quorum}: at least 1 evaluator must score"
        yield Finding("quorum", message, f"{place}.quorum")
    minimum = methodology.minimum_quality
    if minimum is not None and not 0 < minimum <= 100:
        message = f"The minimum for quality is {minimum} %: it must be more than 0 and at most 100"
        yield Finding("minimum_quality", message, f"{place}.minimum_quality")
    low = methodology.abnormally_low
    for name in ("below_mean_of_others", "below_next", "below_median"):
        threshold = getattr(low, name)
        if threshold is not None and not 0 < threshold <= 100:
            message = f"A price {plain(threshold)} % below cannot be a trigger: write more than 0 and at most 100"
            yield Finding("abnormally_low", message, f"{place}.abnormally_low.{name}")
