"""Parts of the evaluation report about lots: what is recommended, how it was to be judged, what was received."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from exports.notices.assessment import Setting, settings
from exports.opening import unopened_words
from lots.collaboration import CollaborationRules, percentage
from lots.lot import Lot
from lots.money import Money
from lots.words import counted
from scoring.admission import STAGES
from scoring.catalogue import FORMULAS
from scoring.criteria import Criterion, Kind, weights_of
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.methodology import Methodology
from scoring.pricing import evaluated_price_words, tie_break_title
from scoring.recommendation import Evaluation
from scoring.scale import Scale
from scoring.tender_file import TenderFile

KINDS: dict[Kind, str] = {"quality": "Quality", "social_value": "Social value", "price": "Price"}


@dataclass(frozen=True)
class Summary:
    """What is recommended for one lot; ``open_points`` say why, where nothing is."""

    lot: Lot
    winner: str
    reserve: str
    total: str
    margin: str
    rank: int
    ranked: int
    first_year: Money
    term: Money
    reasons: tuple[str, ...]
    open_points: tuple[str, ...]


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as published."""

    title: str
    depth: int
    heading: bool
    kind: str
    weight: Fraction
    top: Decimal | None
    minimum: str
    words: int | None


@dataclass(frozen=True)
class Method:
    """How one lot was judged, as published: criteria, price formula, gates, rounding, ties, and the split's rules."""

    lot: Lot
    title: str
    criteria: tuple[CriterionRow, ...]
    formula: str
    letters: str
    meaning: str
    settings: tuple[Setting, ...]
    facts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """One tender as received and what became of it; ``before`` is the time left when it arrived."""

    tenderer: str
    kinds: str
    at: datetime
    before: str
    outcome: str
    reason: str
    opened: bool


@dataclass(frozen=True)
class Tenders:
    """The tenders of one lot, in the order received, and how many there are of which kind."""

    lot: Lot
    rows: tuple[Received, ...]
    vcse: int
    sme: int

    @property
    def opened(self) -> int:
        """Count the tenders that were opened."""
        return sum(row.opened for row in self.rows)


@dataclass(frozen=True)
class Step:
    """One line of the timetable; ``late`` counts the days after the plan (negative when early)."""

    title: str
    planned: date
    actual: date | None

    @property
    def late(self) -> int | None:
        """Count the days between plan and fact."""
        return (self.actual - self.planned).days if self.actual else None


def summaries(evaluation: Evaluation) -> tuple[Summary, ...]:
    """Say for every contract lot what is recommended and why."""
    return tuple(_summary(evaluation, lot) for lot in evaluation.lots)


def _summary(evaluation: Evaluation, lot: LotEvaluation) -> Summary:
    found, say = evaluation.recommendation(lot.lot.id), lot.methodology.rounding.text
    winner, reserve = found.winner, found.reserve
    return Summary(
        lot.lot,
        winner.tenderer.name if winner else "",
        reserve.tenderer.name if reserve else "",
        say(winner.total or Fraction(0)) if winner else "",
        _margin(found.margin, say) if reserve else "",
        (winner.rank or 0) if winner else 0,
        len(lot.ranked),
        winner.bid.prices[0] if winner and winner.bid.prices else Money(0),
        winner.bid.price if winner else Money(0),
        found.reasons,
        tuple(point.message for point in found.open_points),
    )


def _margin(margin: Fraction | None, say: Callable[[Fraction], str]) -> str:
    if margin is None:
        return ""
    return f"{say(margin)} behind" if margin else "with exactly the same total"


def methods(evaluation: Evaluation) -> tuple[Method, ...]:
    """Set out the published method of every contract lot."""
    scales = {scale.id: scale for scale in evaluation.file.scales}
    return tuple(_method(lot, scales) for lot in evaluation.lots)


def shared_facts(found: tuple[Method, ...]) -> tuple[tuple[str, str], ...]:
    """Return the lines of the published method that are the same in every lot, so that they are printed once."""
    return tuple(fact for fact in (found[0].facts if found else ()) if all(fact in method.facts for method in found))


def used_scales(evaluation: Evaluation) -> tuple[Scale, ...]:
    """List the scales that a lot scores on, in the order published."""
    used = {leaf.criterion.scale for lot in evaluation.lots for leaf in lot.methodology.scored}
    return tuple(scale for scale in evaluation.file.scales if scale.id in used)


def _method(lot: LotEvaluation, scales: dict[str, Scale]) -> Method:
    method, info = lot.methodology, FORMULAS[lot.methodology.price.formula]
    return Method(
        lot.lot,
        method.title,
        tuple(criteria_rows(method, method.criteria, scales, 0, None)),
        info.title,
        info.letters,
        info.rest.removeprefix(", ").removeprefix(": "),
        tuple(settings(method.price)),
        tuple(method_facts(method)),
        tuple(rule_words(lot.lot.collaboration)),
    )


def criteria_rows(
    method: Methodology,
    criteria: tuple[Criterion, ...],
    scales: dict[str, Scale],
    depth: int,
    kind: Kind | None,
    weights: Mapping[str, Fraction] | None = None,
) -> Iterator[CriterionRow]:
    """Set out a tree of criteria as rows, headings first, with effective weights."""
    weights = weights_of(method.criteria, method.weighting) if weights is None else weights
    for each in criteria:
        own, scale = each.kind or kind or "quality", scales.get(each.scale)
        least = "" if each.minimum is None else f"{each.minimum} %" if each.parts else f"{each.minimum} points"
        weight = weights.get(each.id, Fraction(0))
        top = scale.maximum if scale and not each.parts else None
        yield CriterionRow(each.title, depth, bool(each.parts), KINDS[own], weight, top, least, each.word_limit)
        yield from criteria_rows(method, each.parts, scales, depth + 1, own, weights)


def method_facts(method: Methodology) -> Iterator[tuple[str, str]]:
    """Say the rest of the published method in lines of a table."""
    agreed = (
        "One score agreed by the panel" if method.score_rule == "consensus" else "The mean of the evaluators’ scores"
    )
    yield "Score of a criterion", agreed
    yield "Quorum", f"At least {counted(method.quorum, 'evaluator')} for each criterion"
    if method.minimum_quality is not None:
        yield "Minimum over all scored criteria", f"{method.minimum_quality} % of the marks available"
    words = evaluated_price_words(method)
    yield "Evaluated price", words[0].upper() + words[1:]
    out = {"reject": "The tender is rejected", "clarify": "The tenderer is asked before a decision is made"}
    yield "Price above a ceiling", out[method.over_ceiling]
    yield "Price that prompts a written enquiry", _enquiry_words(method)
    yield "Rounding", f"Marks are {method.rounding.words()}; bids are ranked on {method.rank_on} totals"
    yield "Equal totals", "; then ".join(tie_break_title(step, method) for step in method.tie_breaks) or "no list"


def _enquiry_words(method: Methodology) -> str:
    low = method.abnormally_low
    tests = [
        (low.below_mean_of_others, "below the mean of the others", "or more"),
        (low.below_next, "below the next", "or more"),
        (low.below_median, "below the median", "and more"),
    ]
    said = [f"{plain(limit)} % {way} {what}" for limit, what, way in tests if limit is not None]
    return "; ".join(said) or "None was published"


def rule_words(rules: CollaborationRules) -> Iterator[str]:
    """Say each published rule about the split in a sentence."""
    limits = [
        (rules.lead_retention_maximum, "The lead keeps at most {} of the price, its management fee included."),
        (rules.provider_maximum, "No single provider holds more than {} of the price."),
        (rules.management_fee_maximum, "The management fee is at most {} of the price."),
        (rules.subcontract_minimum, "At least {} goes to others than the lead."),
        (rules.vcse_minimum, "At least {} goes to voluntary, community and social enterprise partners."),
        (rules.by_and_for_minimum, "At least {} goes to by-and-for partners."),
    ]
    yield from (words.format(percentage(limit)) for limit, words in limits if limit is not None)
    switches = [
        (rules.no_top_slice, "Nothing is kept back from what a partner is allocated."),
        (rules.no_money_back, "No money flows back to the lead."),
        (rules.partners_confirmed, "Every partner has confirmed its own figures."),
    ]
    yield from (words for on, words in switches if on)
    if rules.consequence == "clarify":
        yield "A tenderer whose split breaks a rule is asked about it before a decision is made."
    elif rules != CollaborationRules():
        yield "A tender whose split breaks a rule is rejected."


def tenders(evaluation: Evaluation) -> tuple[Tenders, ...]:
    """List what was received for every contract lot, in the order of arrival."""
    return tuple(_tenders(evaluation.file, lot) for lot in evaluation.lots)


def _tenders(file: TenderFile, lot: LotEvaluation) -> Tenders:
    ordered = sorted(lot.results, key=lambda result: (result.bid.received_at, result.bid.id))
    rows = tuple(_received(file, result, len(lot.ranked)) for result in ordered)
    vcse, sme = (sum(getattr(result.tenderer, kind) for result in lot.results) for kind in ("vcse", "sme"))
    return Tenders(lot.lot, rows, vcse, sme)


def _received(file: TenderFile, result: BidResult, ranked: int) -> Received:
    who, gone = result.tenderer, result.exclusion
    kinds = [word for word, true in (("VCSE", who.vcse), ("by and for", who.by_and_for), ("SME", who.sme)) if true]
    shut = unopened_words(result)
    outcome = f"Ranked {result.rank} of {ranked}" if result.rank else "Admitted"
    if gone:
        outcome = shut.capitalize() or f"Out: {STAGES[gone.stage]}"
    return Received(
        who.name,
        ", ".join(kinds),
        result.bid.received_at,
        before_words(file.tender.deadline - result.bid.received_at),
        outcome,
        gone.sentence if gone else "",
        not shut,
    )


def before_words(left: timedelta) -> str:
    """Say how long before a deadline something happened, to the second."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return "at the deadline: late" if seconds == 0 else f"{_span(-seconds)} late"
    return _span(seconds)


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")) if count]
    return " ".join(parts[:3]) or "0 s"


def timetable(file: TenderFile) -> tuple[Step, ...]:
    """List the timetable, planned and actual."""
    return tuple(Step(each.title, each.planned, each.actual) for each in file.tender.timetable)
