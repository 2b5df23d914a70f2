"""The whole official evaluation with every derivation: ``python -m tests.benchmarks.bench_evaluation``.

200 bids × 100 criteria × 8 evaluators, from the value to ranking and printed derivations; the growth exponents tell
whether anything is worse than proportional.
"""

from __future__ import annotations

import math
import random
import resource
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from lots.bid import Bid, Party
from lots.collaboration import CollaborationRules
from lots.money import Money
from scoring.criteria import Criterion
from scoring.explain import explain_totals
from scoring.formulas import PriceMethod
from scoring.methodology import TieBreak
from scoring.recommendation import Evaluation, evaluate
from scoring.scoresheet import PanelMember, Score, ScoreSheet
from scoring.tender_file import TenderFile
from tests import factories as make


def case(bids: int, criteria: int, evaluators: int) -> TenderFile:
    """Make a seeded lot with so many bids, scored criteria and evaluators."""
    chance = random.Random(20250401)
    parts = tuple(Criterion(f"q{i}", f"Question {i}", Decimal(100) / criteria, scale="0-5") for i in range(criteria))
    quality = Criterion("quality", "Quality", Decimal(70), "quality", parts=parts)
    method = replace(
        make.methodology("adult"),
        criteria=(quality, Criterion("price", "Price", Decimal(30), "price")),
        price=PriceMethod("lowest_relative"),
        tie_breaks=(TieBreak("highest_quality"), TieBreak("lowest_price")),
    )
    made = tuple(_bid(f"bid{i:04}", chance) for i in range(bids))
    panel = tuple(PanelMember(f"e{i}", f"E{i}", "Officer", ("evaluator",)) for i in range(evaluators))
    at = datetime(2024, 10, 7, tzinfo=UTC)
    reason = "Sets out the month by month plan with named posts."
    sheets = tuple(
        ScoreSheet(member.id, bid.id, at, tuple(Score(part.id, Decimal(chance.randrange(6)), reason) for part in parts))
        for bid in made
        for member in panel
    )
    agreed = tuple(
        replace(
            make.agreed("adult-harbour", "social"), bid=bid.id, criterion=part.id, points=Decimal(chance.randrange(6))
        )
        for bid in made
        for part in parts
    )
    lot = make.lot("adult", collaboration=CollaborationRules())
    return replace(
        make.tender_file(()),
        tender=make.tender(lots=(lot,)),
        methodologies=(method,),
        organisations=tuple(make.organisation(bid.id) for bid in made),
        bids=made,
        panel=panel,
        score_sheets=sheets,
        agreed_scores=agreed,
    )


def _bid(name: str, chance: random.Random) -> Bid:
    prices = (Money(chance.randrange(24_000_000, 30_000_000)),) * 3
    lead = (Party(name, "lead"),)
    return replace(make.bid("adult-harbour"), id=name, parties=lead, prices=prices, split=None)


def explained(evaluation: Evaluation) -> int:
    """Derive and print every total, and count the lines."""
    derived = explain_totals(evaluation.lots[0])
    return sum(len(str(derivation).splitlines()) for derivation in derived.values())


def timed(bids: int, criteria: int, evaluators: int) -> tuple[float, float, int]:
    """Return seconds to evaluate, seconds to derive everything, and the lines of derivation."""
    file = case(bids, criteria, evaluators)
    start = time.perf_counter()
    evaluation = evaluate(file)
    middle = time.perf_counter()
    lines = explained(evaluation)
    return middle - start, time.perf_counter() - middle, lines


def exponent(small: float, large: float, factor: float) -> float:
    """Return the power of growth between two timings."""
    return math.log(large / small) / math.log(factor)


def main() -> None:
    """Print the timings and how they grow."""
    whole = timed(200, 100, 8)
    print("200 bids × 100 criteria × 8 evaluators (160,000 scores)")
    print(f"  evaluated and ranked  {whole[0]:7.2f} s\n  every total derived   {whole[1]:7.2f} s   {whole[2]:,} lines")
    few = timed(100, 100, 8)
    narrow = timed(200, 50, 8)
    print(f"  growth in bids        {exponent(few[0] + few[1], whole[0] + whole[1], 2):7.2f}     (1 = proportional)")
    print(f"  growth in criteria    {exponent(narrow[0] + narrow[1], whole[0] + whole[1], 2):7.2f}")
    print(f"  peak memory           {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB")


if __name__ == "__main__":
    main()
