"""Rehearsals of the small procurement in ``tests.factories``: the method of its lots changed in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from scoring.criteria import Criterion
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology
from scoring.moderation import AgreedScore
from scoring.rehearsal.course import Course, MadeUpBid, course
from scoring.rehearsal.settings import Settings
from scoring.scoresheet import Score, ScoreSheet
from scoring.tender_file import TenderFile
from tests import factories


def rules(**changes: Any) -> TenderFile:
    """Make the published rules alone, without bids, the adult lot's methodology changed."""
    file = factories.tender_file(())
    return replace(file, methodologies=(factories.methodology("adult", **changes), *file.methodologies[1:]))


def by(formula: str, **parameters: str) -> TenderFile:
    """Make the rules with another price formula for the adult lot, its 30 marks for price kept."""
    return rules(price=PriceMethod(formula, tuple(parameters.items())))


def whole(formula: str, **parameters: str) -> TenderFile:
    """Make the rules with a whole method: quality 80 and social value 20, no marks for price."""
    quality, social, _ = factories.criteria()
    criteria = (replace(quality, weight=Decimal(80)), replace(social, weight=Decimal(20)))
    return rules(criteria=criteria, price=PriceMethod(formula, tuple(parameters.items())))


def ready(file: TenderFile, seed: int = 1, **settings: Any) -> Course:
    """Make the adult lot of a file ready for a rehearsal."""
    return course(file, "adult", Settings(seed, **settings))


def many_criteria(count: int) -> tuple[Criterion, ...]:
    """Make a tree of so many scored criteria of equal weight under quality (70), and price (30)."""
    each = Decimal(100) / count
    parts = tuple(Criterion(f"c{at}", f"Criterion {at}", each, scale="0-5") for at in range(count))
    return (
        Criterion("quality", "Quality", Decimal(70), "quality", parts=parts),
        Criterion("price", "Price", Decimal(30), "price"),
    )


def as_real(file: TenderFile, made: tuple[MadeUpBid, ...], methodology: Methodology) -> TenderFile:
    """Turn the made-up bids of a round into real ones: opened, answered, scored by three and agreed."""
    real = factories.bid("adult-harbour")
    bids = tuple(replace(each.bid, parties=real.parties, responses=real.responses, split=None) for each in made)
    bids = tuple(replace(bid, received_at=real.received_at) for bid in bids)
    points = {each.bid.id: [Decimal(level) for level in each.levels] for each in made}
    names = [leaf.criterion.id for leaf in methodology.scored]
    sheets = tuple(
        ScoreSheet(who, bid, real.received_at, tuple(map(Score, names, given)))
        for who in factories.EVALUATORS
        for bid, given in points.items()
    )
    agreed = tuple(
        AgreedScore(bid, name, level, "made up", date(2024, 10, 14))
        for bid, given in points.items()
        for name, level in zip(names, given, strict=True)
    )
    lots = tuple(replace(lot, collaboration=type(lot.collaboration)()) for lot in file.tender.lots)
    people = factories.tender_file().organisations
    tender = replace(file.tender, lots=lots)
    return replace(file, tender=tender, organisations=people, bids=bids, score_sheets=sheets, agreed_scores=agreed)
