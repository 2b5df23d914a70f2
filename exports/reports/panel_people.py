"""Parts of the evaluation report about people: the panel, its declarations, what they led to, who scored what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lots.bid import Party
from scoring.criteria import walk
from scoring.evaluation import LotEvaluation
from scoring.recommendation import Evaluation
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile

EVERYTHING = "everything in these lots"


@dataclass(frozen=True)
class Member:
    """One member: roles, lots, what they may score, and how many organisations they declared on."""

    name: str
    job_title: str
    roles: str
    lots: str
    questions: str
    declared: int
    open: tuple[str, ...]


@dataclass(frozen=True)
class Interest:
    """A declared interest, what was done about it, and what it meant for the scores."""

    who: str
    organisation: str
    interest: str
    declared_on: date
    detail: str
    action: str
    effect: str


@dataclass(frozen=True)
class Coverage:
    """How many evaluators scored the least-covered answer of a lot, against the published quorum."""

    lot: str
    fewest: int
    quorum: int
    abstentions: int


def members(file: TenderFile) -> tuple[Member, ...]:
    """List the panel in the order the file has it."""
    return tuple(_member(file, member) for member in file.panel)


def _member(file: TenderFile, member: PanelMember) -> Member:
    titles = {lot.id: lot.title for lot in file.tender.lots}
    everywhere = not member.lots or {lot.id for lot in file.tender.contract_lots} <= set(member.lots)
    lots = "every lot" if everywhere else ", ".join(titles.get(lot, lot) for lot in member.lots)
    names = {each.id: each.title for method in file.methodologies for each, _ in walk(method.criteria)}
    asked = ", ".join(names.get(each, each) for each in member.criteria) or EVERYTHING
    own = {each.organisation for each in file.declarations if each.member == member.id}
    scores = "evaluator" in member.roles
    return Member(
        member.name,
        member.job_title,
        ", ".join(member.roles),
        lots,
        asked if scores else "does not score",
        len(own),
        tuple(_undeclared(file, member, own)) if scores else (),
    )


def _undeclared(file: TenderFile, member: PanelMember, own: set[str]) -> Iterator[str]:
    """Name the tenderers and partners, of bids the member scored, that no declaration is on file about."""
    scored = {sheet.bid for sheet in file.score_sheets if sheet.evaluator == member.id}
    met = {party.organisation for bid in file.bids if bid.id in scored for party in bid.parties}
    yield from (organisation.name for organisation in file.organisations if organisation.id in met - own)


def interests(evaluation: Evaluation) -> tuple[Interest, ...]:
    """List every declared interest with its effect on who scored."""
    file = evaluation.file
    people = {member.id: member for member in file.panel}
    return tuple(
        Interest(
            people[each.member].name,
            file.organisation(each.organisation).name,
            each.interest,
            each.declared_on,
            each.detail,
            each.action,
            _effect(evaluation, each.member, each.organisation),
        )
        for each in file.declarations
        if each.interest != "none"
    )


def _effect(evaluation: Evaluation, member: str, organisation: str) -> str:
    """Say how many of the answers of the organisation's bids the member scored."""
    lots = set(next(each for each in evaluation.file.panel if each.id == member).lots)
    asked = scored = 0
    for lot in evaluation.lots:
        if lots and lot.lot.id not in lots:
            continue
        bids = {result.bid.id for result in lot.results if _takes_part(result.bid.parties, organisation)}
        admitted = {result.bid.id for result in lot.results if result.rows} & bids
        sheets = [it for it in evaluation.file.score_sheets if it.evaluator == member and it.bid in admitted]
        asked += len(admitted) * len(lot.methodology.scored)
        scored += sum(score.points is not None for sheet in sheets for score in sheet.scores)
    if not asked:
        return "The member had no answer of this organisation’s bids to score."
    if scored == asked:
        return f"The member scored all {asked} answers of the bids it takes part in."
    return f"The member scored {scored} of the {asked} answers of the bids it takes part in; nobody stood in."


def _takes_part(parties: tuple[Party, ...], organisation: str) -> bool:
    return any(party.organisation == organisation for party in parties)


def coverage(evaluation: Evaluation) -> tuple[Coverage, ...]:
    """Say for every lot how many evaluators scored the least-covered answer."""
    return tuple(_coverage(evaluation.file, lot) for lot in evaluation.lots)


def _coverage(file: TenderFile, lot: LotEvaluation) -> Coverage:
    counts = [row.scored_by for result in lot.results for row in result.rows]
    bids = {result.bid.id for result in lot.results}
    scores = [score for sheet in file.score_sheets if sheet.bid in bids for score in sheet.scores]
    abstained = sum(score.points is None for score in scores)
    return Coverage(lot.lot.title, min(counts, default=0), lot.methodology.quorum, abstained)
