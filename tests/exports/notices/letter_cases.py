"""Tender files for tests of notices: the small file of the factories made fit for letters, and changed in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from exports.notices.letters import UnsuccessfulLetter, letters
from lots.organisation import Identifier
from lots.regime import Regime
from scoring.criteria import Criterion
from scoring.decision import LetterText, Signatory
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from tests import factories

SIGNED = (
    Signatory("Ann Other", "Police and Crime Commissioner", date(2024, 10, 21)),
    Signatory("Joe Bloggs", "Chief Finance Officer", date(2024, 10, 20)),
)


def fit_file(regime: Regime = Regime.PCR2015_LIGHT_TOUCH, **award: Any) -> TenderFile:
    """Make the factories' file with everything a letter needs; ``award`` changes fields of the decision."""
    texts = tuple(
        LetterText(bid, f"It names its staff for each month.\n\nSaid to {bid}.", f"Feedback to {bid}: show the rota.")
        for bid in factories.BIDS
    )
    decision = factories.award(
        signatories=SIGNED,
        letters=texts,
        decided_on=date(2024, 10, 21),
        notices_sent=date(2024, 10, 22),
        notice_published=date(2024, 10, 25),
        debrief_contact="procurement@westmere.example",
        debrief_until=date(2024, 11, 1),
    )
    file = factories.tender_file(award=replace(decision, **award))
    organisations = tuple(
        replace(each, address=("1 Quay Road", "Westmere"), identifiers=(Identifier("GB-CHC", f"11{at}"),))
        for at, each in enumerate(file.organisations)
    )
    return replace(file, organisations=organisations, tender=replace(file.tender, regime=regime))


def evaluation(**award: Any) -> Evaluation:
    """Evaluate the fit file."""
    return evaluate(fit_file(**award))


def changed(file: TenderFile, bid: str, change: Callable[..., Any]) -> TenderFile:
    """Change one bid of a file."""
    return replace(file, bids=tuple(change(each) if each.id == bid else each for each in file.bids))


def rescored(file: TenderFile, bid: str, criterion: str, **changes: Any) -> TenderFile:
    """Change one agreed score of a file."""
    return replace(
        file,
        agreed_scores=tuple(
            replace(score, **changes) if (score.bid, score.criterion) == (bid, criterion) else score
            for score in file.agreed_scores
        ),
    )


def long_file() -> TenderFile:
    """Make a file whose adult lot has seven scored criteria with reasons of two sentences each."""
    file = fit_file()
    names = tuple(f"c{at}" for at in range(7))
    weights = (20, 20, 15, 15, 10, 10, 10)
    parts = tuple(
        Criterion(name, f"Criterion {name} of the service", Decimal(weight), scale="0-5")
        for name, weight in zip(names, weights, strict=True)
    )
    tree = (Criterion("quality", "Quality", Decimal("70"), "quality", parts=parts), factories.criteria()[-1])
    method = replace(file.methodologies[0], criteria=tree, tie_breaks=())
    text = "It sets out the service month by month, names who does what, and shows how waiting is kept short. " * 2
    bids = [bid for bid in file.bids if bid.lot == "adult"]
    model = {bid.id: factories.agreed(bid.id, "workforce") for bid in bids}
    agreed = tuple(
        replace(model[bid.id], criterion=name, points=Decimal(2 + (at + which) % 3), reason=text, changes=())
        for which, bid in enumerate(bids)
        for at, name in enumerate(names)
    )
    sheet = file.score_sheets[0]
    sheets = tuple(
        replace(
            sheet,
            evaluator=evaluator,
            bid=score.bid,
            scores=(replace(sheet.scores[0], criterion=score.criterion, points=score.points),),
        )
        for evaluator in factories.EVALUATORS
        for score in agreed
    )
    lots = tuple(lot for lot in file.tender.lots if lot.id == "adult")
    price = replace(tree[1], weight=Decimal("30"))
    return replace(
        file,
        tender=replace(file.tender, lots=lots),
        methodologies=(replace(method, criteria=(tree[0], price)),),
        bids=tuple(bids),
        score_sheets=sheets,
        agreed_scores=agreed,
    )


def long_letter() -> UnsuccessfulLetter:
    """Make one letter with seven criteria, a chart of eight pairs of bars and seven reasons."""
    return letters(evaluate(long_file()))[0]
