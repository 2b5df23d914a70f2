"""A small procurement that is right in every part, for tests to take, change in one place and look at again.

Two lots (``adult``, three years; ``children``, two), four organisations, five bids, three evaluators, every score
given and agreed. Each function builds one thing and takes the fields to change by keyword.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lots.bid import Bid, Party, Payment, RequirementResponse, Split
from lots.collaboration import CollaborationRules
from lots.funding import Funding, FundingLine, FundingSource
from lots.lot import Lot, Requirement, Term
from lots.money import Money
from lots.organisation import Buyer, Organisation
from lots.regime import Regime, VatBasis
from lots.tender import Tender
from scoring.criteria import Criterion
from scoring.decision import AwardDecision as Award
from scoring.decision import Comment
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology, TieBreak
from scoring.moderation import AgreedScore, ScoreChange
from scoring.scale import Level, Scale
from scoring.scoresheet import Declaration, Evidence, PanelMember, Score, ScoreSheet
from scoring.tender_file import TenderFile

DEADLINE = datetime(2024, 9, 27, 11, 0, tzinfo=UTC)
YEARS = {"adult": 3, "children": 2}
BUDGETS = {"adult": 300_000, "children": 120_000}
EVALUATORS = ("eva", "idris", "mei")
BIDS = {  # bid -> lot, lead, partner, pounds a year
    "adult-harbour": ("adult", "harbour", "rowan", 290_000),
    "adult-quayside": ("adult", "quayside", "rowan", 276_000),
    "adult-beacon": ("adult", "beacon", "rowan", 299_500),
    "children-harbour": ("children", "harbour", "rowan", 118_000),
    "children-beacon": ("children", "beacon", "quayside", 112_000),
}
POINTS = {  # agreed points for each scored criterion
    "adult-harbour": {"delivery": 5, "workforce": 4, "social": 3},
    "adult-quayside": {"delivery": 3, "workforce": 4, "social": 4},
    "adult-beacon": {"delivery": 4, "workforce": 3, "social": 2},
    "children-harbour": {"delivery": 4, "workforce": 4, "social": 4},
    "children-beacon": {"delivery": 4, "workforce": 5, "social": 3},
}
ANCHORS = (
    "Nothing in the answer bears on the question.",
    "One part of the question is met; the rest is asserted without evidence.",
    "Some parts of the question are met with evidence; there are serious reservations.",
    "Most parts of the question are met with evidence; there are minor reservations.",
    "Every part of the question is met with evidence.",
    "Every part of the question is met with evidence, and the answer shows how it will be kept up.",
)
LEVELS = ("Nothing", "Poor", "Partial", "Satisfactory", "Good", "Excellent")


def organisation(id: str, /, **changes: Any) -> Organisation:
    """Make an organisation named after its id."""
    return replace(Organisation(id, f"{id.title()} Trust", vcse=True, email=f"office@{id}.example"), **changes)


def lot(id: str, /, **changes: Any) -> Lot:
    """Make the lot ``adult`` or ``children`` (any other id: like ``adult``)."""
    years, budget = YEARS.get(id, 3), Money.pounds(BUDGETS.get(id, 300_000))
    made = Lot(
        id,
        f"{id.title()} support",
        budget,
        base_value=budget * years,
        maximum_potential_spend=budget * years * 2,
        term=Term(date(2025, 4, 1), years - 1, 1),
        cpv=("85312000",),
        requirements=(Requirement("safeguarding", "A safeguarding policy reviewed within a year"),),
        collaboration=CollaborationRules(
            lead_retention_maximum=Decimal("70"), management_fee_maximum=Decimal("10"), no_top_slice=True
        ),
    )
    return replace(made, **changes)


def tender(**changes: Any) -> Tender:
    """Make the tender: two lots paid for by one grant."""
    lines = tuple(FundingLine(year, Money.pounds(420_000)) for year in (1, 2, 3))
    made = Tender(
        "OPCC-2024-017",
        "Support for victims of crime",
        Buyer(
            "Police and Crime Commissioner for Westmere", "PCC", ("1 High Street", "Westmere"), "pcc@westmere.example"
        ),
        Regime.PCR2015_LIGHT_TOUCH,
        VatBasis.EXCLUSIVE,
        date(2024, 6, 3),
        DEADLINE,
        (lot("adult"), lot("children")),
        funding=Funding((FundingSource("moj", "Victims grant", "Ministry of Justice", lines),)),
    )
    return replace(made, **changes)


def scale(**changes: Any) -> Scale:
    """Make the scale 0 to 5."""
    levels = tuple(Level(Decimal(i), LEVELS[i], anchor) for i, anchor in enumerate(ANCHORS))
    return replace(Scale("0-5", "Nought to five", levels), **changes)


def criteria() -> tuple[Criterion, ...]:
    """Make the tree: quality 60 (delivery 60, workforce 40 of it), social value 10, price 30."""
    return (
        Criterion(
            "quality",
            "Quality",
            Decimal("60.00"),
            "quality",
            parts=(
                Criterion("delivery", "How the service is delivered", Decimal("60"), scale="0-5", word_limit=1500),
                Criterion("workforce", "Who delivers it", Decimal("40"), scale="0-5", minimum=Decimal("2")),
            ),
        ),
        Criterion("social", "Social value", Decimal("10.00"), "social_value", scale="0-5"),
        Criterion("price", "Price", Decimal("30.00"), "price"),
    )


def methodology(lot_id: str, /, **changes: Any) -> Methodology:
    """Make the methodology of one lot: price on a straight line between published prices."""
    most = BUDGETS.get(lot_id, 300_000) * YEARS.get(lot_id, 3)
    made = Methodology(
        f"{lot_id}-method",
        f"Assessment of {lot_id} support",
        (lot_id,),
        criteria(),
        PriceMethod("linear_fixed", (("floor", str(most // 2)), ("ceiling", str(most)))),
        (TieBreak("highest_quality"), TieBreak("highest_criterion", "delivery"), TieBreak("lowest_price")),
    )
    return replace(made, **changes)


def bid(id: str, /, **changes: Any) -> Bid:
    """Make one of ``BIDS``: the lead keeps 60 % and a fee of 5 %, and its partner is paid the rest in full."""
    lot_id, lead, partner, pounds = BIDS[id]
    price, years = Money.pounds(pounds), YEARS[lot_id]
    keeps, fee = Money(price.pence * 60 // 100), Money(price.pence * 5 // 100)
    made = Bid(
        id,
        lot_id,
        datetime(2024, 9, 26, 15, 30, tzinfo=UTC),
        (price,) * years,
        (
            Party(lead, "lead", "leads and delivers", "confirmed", date(2024, 9, 20)),
            Party(partner, "partner", "specialist support", "confirmed", date(2024, 9, 21)),
        ),
        Split((keeps,) * years, (fee,) * years, (Payment(lead, partner, (price - keeps - fee,) * years),)),
        (RequirementResponse("safeguarding", True),),
    )
    return replace(made, **changes)


def panel() -> tuple[PanelMember, ...]:
    """Make a panel of three evaluators and a moderator who does not score."""
    evaluators = tuple(PanelMember(name, name.title(), "Commissioning officer", ("evaluator",)) for name in EVALUATORS)
    return (*evaluators, PanelMember("ruth", "Ruth", "Head of commissioning", ("moderator",)))


def declarations() -> tuple[Declaration, ...]:
    """Make a declaration of every evaluator about every lead: none has an interest."""
    leads = ("harbour", "quayside", "beacon")
    return tuple(Declaration(name, lead, "none", date(2024, 9, 30)) for name in EVALUATORS for lead in leads)


def evidence(page: int) -> tuple[Evidence, ...]:
    """Cite a page of the method statement."""
    return (Evidence("Method statement", f"page {page}"),)


def sheet(evaluator: str, bid_id: str, /, **changes: Any) -> ScoreSheet:
    """Make one evaluator's sheet: the agreed points, but ``mei`` gives the first criterion one less."""
    scores = tuple(
        Score(
            name,
            Decimal(points - (evaluator == "mei" and name == "delivery")),
            f"{bid_id} answers {name}",
            evidence=evidence(i + 1),
            why_not_higher="one example only",
        )
        for i, (name, points) in enumerate(POINTS[bid_id].items())
    )
    return replace(ScoreSheet(evaluator, bid_id, datetime(2024, 10, 7, 16, 0, tzinfo=UTC), scores), **changes)


def agreed(bid_id: str, criterion: str, /, **changes: Any) -> AgreedScore:
    """Make the agreed score of one bid and criterion, with a reason of its own."""
    points = POINTS[bid_id][criterion]
    moved = ScoreChange("mei", "evidence_missed", "The rota on page 9 had been overlooked.")
    made = AgreedScore(
        bid_id,
        criterion,
        Decimal(points),
        f"{bid_id} sets out its {criterion} month by month, with named staff and a rota.",
        date(2024, 10, 14),
        evidence(9),
        "" if points == 5 else "It does not say how absence is covered.",
        changes=(moved,) if criterion == "delivery" else (),
    )
    return replace(made, **changes)


def tender_file(names: Iterable[str] = tuple(BIDS), /, **changes: Any) -> TenderFile:
    """Make the whole file with these of ``BIDS``, scored and agreed in full; ``changes`` replace whole fields."""
    names = tuple(names)
    made = TenderFile(
        tender(),
        (scale(),),
        (methodology("adult"), methodology("children")),
        organisations=tuple(organisation(name) for name in ("harbour", "quayside", "beacon", "rowan")),
        bids=tuple(bid(name) for name in names),
        panel=panel(),
        declarations=declarations(),
        score_sheets=tuple(sheet(evaluator, name) for name in names for evaluator in EVALUATORS),
        agreed_scores=tuple(agreed(name, criterion) for name in names for criterion in POINTS[name]),
    )
    return replace(made, **changes)


def award(**changes: Any) -> Award:
    """Make the words of an award decision that only people can write."""
    made = Award(
        reference="DN-2024-31",
        title="Award of victim support contracts",
        decision_maker="Police and Crime Commissioner",
        power="Police Reform and Social Responsibility Act 2011, section 1",
        summary="Two contracts are awarded.",
        background="The present contracts end on 31 March 2025.",
        outcomes="Victims cope and recover.",
        options=("Award", "Do not award"),
        process="An open tender in two lots.",
        finance=Comment("Chief finance officer", "Within the budget."),
        legal=Comment("Monitoring officer", "The procedure was followed."),
        equality="An assessment was made.",
        data_protection="No personal data in this decision.",
        risk="Mobilisation is short.",
        consultation="Victims were asked.",
        social_value="Ten per cent of the marks.",
        interests="None declared.",
        signatories=(),
    )
    return replace(made, **changes)
