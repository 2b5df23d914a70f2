"""Whole procurements made up from a number: valid in every part, different in every way that a result depends on.

Prices and levels are those of rehearsals (:mod:`scoring.rehearsal`); here they get tenderers, splits, evaluators who
differ, agreed scores with causes, and what happens to bids: late, withdrawn, short of a requirement, broken splits, low
prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from lots.bid import Bid, Party, Payment, RequirementResponse, Split
from lots.lot import Lot
from lots.money import Money
from lots.organisation import Organisation
from lots.split.check import check_split
from scoring.criteria import Criterion
from scoring.decision import AdmissionDecision, EnquiryOutcome
from scoring.figures import Rounding
from scoring.formulas import PriceMethod
from scoring.limits.lot_limit import RULES, LotLimit, Rule
from scoring.methodology import Methodology, TieBreak
from scoring.moderation import CAUSES, AgreedScore, Cause, ScoreChange
from scoring.recommendation import evaluate
from scoring.rehearsal.course import MadeUpBid, course, make_up
from scoring.rehearsal.settings import PriceSpread, Settings
from scoring.scoresheet import Declaration, PanelMember, Score, ScoreSheet
from scoring.tender_file import LotPreference, TenderFile
from tests import factories

LOTS = ("adult", "children", "north")
FORMULAS: dict[str, tuple[tuple[str, str], ...]] = {
    "lowest_relative": (),
    "linear_min_max": (),
    "linear_to_multiple": (("multiple", "1.5"),),
    "linear_fixed": (),
    "mean_deviation": (),
    "reference_value": (),
    "value_for_money_index": (("quality_weight", "60"), ("price_weight", "40")),
    "utility_index": (),
    "relative_value_cost": (),
}
ABSOLUTE = ("lowest_relative", "linear_min_max", "linear_to_multiple", "linear_fixed", "mean_deviation")
EVALUATORS = ("eva", "idris", "mei")
_BEFORE = factories.DEADLINE - timedelta(hours=20)


def seeded_file(seed: int) -> TenderFile:
    """Make up one procurement; the same number gives the same one, on every machine."""
    draw = Random(f"award {seed}")
    lots = LOTS[: draw.choice((1, 2, 2, 3))]
    tender = factories.tender(lots=tuple(_lot(name, draw) for name in lots))
    limit = _limit(lots, draw)
    summed = limit is not None and limit.rule == "greatest_total_score"  # totals of different lots must be comparable
    formulas = list(ABSOLUTE if summed else FORMULAS)
    methods = tuple(_method(lot, draw.choice(formulas), draw) for lot in tender.lots)
    rules = TenderFile(tender, (factories.scale(),), methods, limit, organisations=_organisations(draw), panel=_panel())
    made = [(lot, each, who) for lot in tender.lots for each, who in _made_up(rules, lot, seed, draw)]
    bids = [(_bid(lot, each, who, draw), each.levels) for lot, each, who in made]
    return _enquired(_decided(_scored(rules, bids, draw), draw), draw)


def _lot(name: str, draw: Random) -> Lot:
    lot = factories.lot(name)
    rules = replace(lot.collaboration, consequence=draw.choice(("reject", "clarify")))
    return replace(lot, collaboration=rules)


def _method(lot: Lot, formula: str, draw: Random) -> Methodology:
    price = draw.randrange(20, 61, 5) if formula in ABSOLUTE else 0
    social = draw.choice((5, 10, 20))
    tree = [
        Criterion("quality", "Quality", Decimal(100 - price - social), "quality", parts=tuple(_parts(draw))),
        Criterion("social", "Social value", Decimal(social), "social_value", scale="0-5"),
    ]
    if price:
        tree.append(Criterion("price", "Price", Decimal(price), "price"))
    fixed = (
        ("floor", str(lot.annual_budget.pence * lot.years // 200)),
        ("ceiling", str((lot.base_value or Money(0)).plain())),
    )
    parameters = fixed if formula == "linear_fixed" else FORMULAS[formula]
    breaks = [TieBreak("highest_quality"), TieBreak("highest_criterion", "part-1"), TieBreak("lowest_price")]
    return factories.methodology(
        lot.id, criteria=tuple(tree), price=PriceMethod(formula, parameters), tie_breaks=tuple(draw.sample(breaks, 3)),
        rounding=Rounding(draw.choice((2, 3)), draw.choice(("half_up", "half_even"))),
        minimum_quality=draw.choice((None, None, Decimal("40"))),
        rank_on=draw.choice(("unrounded", "unrounded", "rounded")),
    )  # fmt: skip


def _parts(draw: Random) -> Iterator[Criterion]:
    """Make two to four questions that share the weight, one of them with a minimum now and then."""
    count = draw.randint(2, 4)
    cuts = sorted(draw.sample(range(1, 20), count - 1))
    weights = [5 * (after - before) for before, after in zip((0, *cuts), (*cuts, 20), strict=True)]
    for at, weight in enumerate(weights, 1):
        minimum = Decimal(2) if at == 2 and draw.random() < 0.5 else None
        yield Criterion(f"part-{at}", f"Question {at}", Decimal(weight), "quality", scale="0-5", minimum=minimum)


def _limit(lots: tuple[str, ...], draw: Random) -> LotLimit | None:
    if len(lots) == 1 or draw.random() < 0.5:
        return None
    rule: Rule = draw.choice(list(RULES))  # type: ignore[arg-type]
    return LotLimit(rule, draw.randint(1, 2), None, tuple(draw.sample(lots, len(lots))))


def _organisations(draw: Random) -> tuple[Organisation, ...]:
    """Make nine organisations; two of them may be one group."""
    group = "Delta Group" if draw.random() < 0.3 else ""
    return tuple(
        factories.organisation(
            f"org-{at}", vcse=draw.random() < 0.7, sme=draw.random() < 0.5, group=group if at in (1, 2) else ""
        )
        for at in range(1, 10)
    )


def _panel() -> tuple[PanelMember, ...]:
    return (
        *(PanelMember(name, name.title(), "Officer", ("evaluator",)) for name in EVALUATORS),
        *factories.panel()[-1:],
    )


def _made_up(rules: TenderFile, lot: Lot, seed: int, draw: Random) -> Iterator[tuple[MadeUpBid, str]]:
    settings = Settings(seed, bids=draw.randint(2, 6), rounds=1, prices=PriceSpread(draw.choice((40, 70, 80)), 103))
    leads = draw.sample([each.id for each in rules.organisations[:6]], settings.bids)
    made = list(make_up(course(rules, lot.id, settings), 1))
    if draw.random() < 0.15:  # a tie, for the published list to settle
        made[1] = replace(made[1], bid=replace(made[0].bid, id=made[1].bid.id), levels=made[0].levels)
    yield from zip(made, leads, strict=True)


def _bid(lot: Lot, made: MadeUpBid, lead: str, draw: Random) -> Bid:
    partner, prices = "org-9", made.bid.prices
    keeps = draw.choice((50, 60, 65, 65, 75))
    delivery = tuple(Money(price.pence * keeps // 100) for price in prices)
    fee = tuple(Money(price.pence * 4 // 100) for price in prices)
    rest = tuple(price - own - kept for price, own, kept in zip(prices, delivery, fee, strict=True))
    day = date(2024, 9, 20)
    late, gone = draw.random() < 0.05, draw.random() < 0.05
    received = factories.DEADLINE + timedelta(minutes=3) if late else _BEFORE - timedelta(minutes=draw.randrange(900))
    return Bid(
        f"{lot.id}-{made.bid.id.lower()}", lot.id, received, prices,
        (Party(lead, "lead", "leads", "confirmed", day), Party(partner, "partner", "helps", "confirmed", day)),
        Split(delivery, fee, (Payment(lead, partner, rest),)),
        (RequirementResponse("safeguarding", draw.random() < 0.95),),
        withdrawn_at=_BEFORE + timedelta(minutes=5) if gone and not late else None,
    )  # fmt: skip


# --- the panel --------------------------------------------------------------------------------------------------


def _scored(rules: TenderFile, bids: list[tuple[Bid, tuple[int, ...]]], draw: Random) -> TenderFile:
    sheets, agreed = list[ScoreSheet](), list[AgreedScore]()
    for bid, levels in bids:
        method = rules.methodology_for(bid.lot)
        assert method is not None
        if not _opened(bid):
            continue
        at = datetime(2024, 10, 7, 16, draw.randrange(60), tzinfo=UTC)
        given = {leaf.criterion.id: _given(level, draw) for leaf, level in zip(method.scored, levels, strict=True)}
        for seat, evaluator in enumerate(EVALUATORS):
            scores = tuple(_score(name, points[seat], bid) for name, points in given.items())
            sheets.append(ScoreSheet(evaluator, bid.id, at, scores))
        for (name, points), level in zip(given.items(), levels, strict=True):
            agreed.append(_agreed(bid, name, level, points, draw))
    leads = sorted({party.organisation for bid, _ in bids for party in bid.parties})
    declared = tuple(Declaration(name, lead, "none", date(2024, 9, 30)) for name in EVALUATORS for lead in leads)
    return replace(
        rules, bids=tuple(bid for bid, _ in bids), score_sheets=tuple(sheets), agreed_scores=tuple(agreed),
        declarations=declared, lot_preferences=tuple(_preferences(rules, [bid for bid, _ in bids])),
    )  # fmt: skip


def _opened(bid: Bid) -> bool:
    return bid.withdrawn_at is None and bid.received_at < factories.DEADLINE


def _given(level: int, draw: Random) -> list[int]:
    """Let most evaluators see what is there, and some a level more or less."""
    return [min(5, max(0, level + draw.choice((0, 0, 0, -1, 1)))) for _ in EVALUATORS]


def _score(name: str, points: int, bid: Bid) -> Score:
    return Score(
        name, Decimal(points), f"{bid.id} answers {name}", "Not all of it", factories.evidence(1),
        why_not_higher="" if points == 5 else "One example only", why_not_lower="" if points == 0 else "It is shown",
    )  # fmt: skip


def _agreed(bid: Bid, name: str, level: int, points: list[int], draw: Random) -> AgreedScore:
    causes: list[Cause] = list(CAUSES)  # type: ignore[arg-type]
    changes = tuple(
        ScoreChange(evaluator, draw.choice(causes), "Page 9 had been overlooked.")
        for evaluator, own in zip(EVALUATORS, points, strict=True)
        if own != level
    )
    dissent = "One member would have given more." if draw.random() < 0.1 else ""
    return AgreedScore(
        bid.id, name, Decimal(level), f"{bid.id} sets out {name} month by month, with {level} named examples.",
        date(2024, 10, 14), factories.evidence(9), "" if level == 5 else "Absence is not covered.",
        "" if level == 0 else "There is evidence.", changes, dissent,
    )  # fmt: skip


def _preferences(rules: TenderFile, bids: list[Bid]) -> Iterator[LotPreference]:
    if rules.lot_limit is None or rules.lot_limit.rule != "tenderer_preference":
        return
    for lead in sorted({bid.tenderer for bid in bids}):
        yield LotPreference(lead, tuple(dict.fromkeys(bid.lot for bid in reversed(bids) if bid.tenderer == lead)))


# --- what officers decide ---------------------------------------------------------------------------------------


def _decided(file: TenderFile, draw: Random) -> TenderFile:
    """Admit or exclude the bids whose broken split leaves a decision, and settle some low prices."""
    organisations = {each.id: each for each in file.organisations}
    broken = [
        bid
        for bid in file.bids
        if _opened(bid) and check_split(bid, file.tender.lot(bid.lot).collaboration, organisations).errors
    ]
    decided = date(2024, 10, 15)
    admissions = tuple(
        AdmissionDecision(bid.id, draw.choice(("admit", "exclude")), "split", "It was mended.", decided, "Officer")
        for bid in broken
        if file.tender.lot(bid.lot).collaboration.consequence == "clarify"
    )
    return replace(file, admissions=admissions)


def _enquired(file: TenderFile, draw: Random) -> TenderFile:
    """Settle every low price: each step of the published order may bring up another one."""
    for _ in file.bids:
        asked = {each.bid for lot in evaluate(file).lots for each in lot.enquiries if each.outcome is None}
        if not asked:
            break
        file = replace(file, enquiries=(*file.enquiries, *(_outcome(bid, draw) for bid in sorted(asked))))
    return file


def _outcome(bid: str, draw: Random) -> EnquiryOutcome:
    return EnquiryOutcome(
        bid, date(2024, 10, 8), "How is this price possible?", date(2024, 10, 11), "By sharing premises.",
        draw.choice(("explained", "explained", "rejected")), "The reply was read.", date(2024, 10, 15), "Officer",
    )  # fmt: skip


def a_penny_more(bid: Bid) -> Bid:
    """Return a bid one penny dearer in its first year, its split adding up still."""
    assert bid.split is not None
    first, *rest = bid.prices
    own, *others = bid.split.delivery
    split = replace(bid.split, delivery=(own + Money(1), *others))
    return replace(bid, prices=(first + Money(1), *rest), split=split)
