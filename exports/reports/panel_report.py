"""The evaluation report of the panel: the whole procurement from the tender file, for those who approve and audit it.

Restricted. PCR 2015 reg 84 asks for the reasons of every selection and rejection, the share to be sub-contracted and
to whom, and conflicts with what was done about them; all of it is here with the figures, and the whole tender file
travels inside the document, so that every number can be worked out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exports.documents import TENDER_FILE, DocumentHead, Slot, empty, is_draft, require
from exports.pdf import Attached
from exports.reports.panel_assurance import LotAssurance, assurances
from exports.reports.panel_checks import LotCheck, Overlap, checks, overlaps
from exports.reports.panel_lots import (
    Method,
    Step,
    Summary,
    Tenders,
    methods,
    shared_facts,
    summaries,
    tenders,
    timetable,
    used_scales,
)
from exports.reports.panel_money import Affordability, LimitTable, affordability, limit_table
from exports.reports.panel_people import Coverage, Interest, Member, coverage, interests, members
from exports.reports.panel_prices import Prices, Recomputed, Totals, prices, recomputed, totals
from exports.reports.panel_scores import (
    Agreed,
    Individual,
    Moderation,
    SocialValue,
    agreed,
    individual,
    moderation,
    social_value,
    unexplained,
)
from exports.reports.working_papers import paper_head
from exports.tender_file import write
from lots.calendar import london
from lots.errors import Finding
from lots.regime import RegimeRules, rules_of
from lots.tender import Tender
from scoring.decision import AdmissionDecision, AwardDecision
from scoring.recommendation import Evaluation
from scoring.scale import Scale
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Decided:
    """A recorded decision on whether a tender stays in."""

    tenderer: str
    lot: str
    decision: AdmissionDecision


@dataclass(frozen=True)
class PanelReport:
    """The report, one field or a few for each of its parts, in the order printed."""

    head: DocumentHead
    tender: Tender
    rules: RegimeRules
    award: AwardDecision | None
    summaries: tuple[Summary, ...]
    timetable: tuple[Step, ...]
    methods: tuple[Method, ...]
    shared: tuple[tuple[str, str], ...]
    scales: tuple[Scale, ...]
    tenders: tuple[Tenders, ...]
    openers: tuple[PanelMember, ...]
    members: tuple[Member, ...]
    interests: tuple[Interest, ...]
    coverage: tuple[Coverage, ...]
    checks: tuple[LotCheck, ...]
    overlaps: tuple[Overlap, ...]
    individual: tuple[Individual, ...]
    moderation: tuple[Moderation, ...]
    agreed: tuple[Agreed, ...]
    prices: tuple[Prices, ...]
    social_value: tuple[SocialValue, ...]
    totals: tuple[Totals, ...]
    recomputed: tuple[Recomputed, ...]
    limit: LimitTable | None
    assurance: tuple[LotAssurance, ...]
    affordability: Affordability | None
    decided: tuple[Decided, ...]
    open_points: tuple[str, ...]
    signing: tuple[PanelMember, ...]
    attachments: tuple[Attached, ...] = ()


def panel_report(evaluation: Evaluation) -> PanelReport:
    """Make the report; IncompleteDocument names every reason, cause and declared action that is missing."""
    file = evaluation.file
    require("The evaluation report", _missing(file))
    slot = Slot("Evaluation report", "evaluation-report", 2, classification="restricted")
    copy = Attached(TENDER_FILE, write(file), "The whole tender file: every figure of this report follows from it")
    return PanelReport(
        head=paper_head(file, slot, _dated(file), draft=file.award is None or is_draft(file.award)),
        tender=file.tender,
        rules=rules_of(file.tender.regime),
        award=file.award,
        summaries=summaries(evaluation),
        timetable=timetable(file),
        methods=methods(evaluation),
        shared=shared_facts(methods(evaluation)),
        scales=used_scales(evaluation),
        tenders=tenders(evaluation),
        openers=_with_role(file, "opener"),
        members=members(file),
        interests=interests(evaluation),
        coverage=coverage(evaluation),
        checks=checks(evaluation),
        overlaps=overlaps(file),
        individual=individual(evaluation),
        moderation=moderation(evaluation),
        agreed=agreed(evaluation),
        prices=prices(evaluation),
        social_value=social_value(evaluation),
        totals=totals(evaluation),
        recomputed=recomputed(evaluation),
        limit=limit_table(evaluation),
        assurance=assurances(evaluation),
        affordability=affordability(evaluation),
        decided=tuple(_decided(file)),
        open_points=tuple(dict.fromkeys(_open_points(evaluation))),
        signing=(*_with_role(file, "moderator"), *_with_role(file, "evaluator")),
        attachments=(copy,),
    )


def _missing(file: TenderFile) -> Iterator[Finding]:
    """Name what the report may not be without: a panel, its actions on interests, reasons, causes of every change."""
    yield from empty(file.panel, "panel", "The panel")
    yield from empty(tuple(bid.id for bid in file.bids), "bids", "Any tender")
    for at, member in enumerate(file.panel):
        yield from empty(member.name, f"panel[{at}].name", "The name of a panel member")
        yield from empty(member.job_title, f"panel[{at}].job_title", f"The job title of {member.name}")
    for at, declared in enumerate(file.declarations):
        if declared.interest != "none":
            yield from empty(declared.detail, f"declarations[{at}].detail", "What the declared interest is")
            yield from empty(declared.action, f"declarations[{at}].action", "What was done about a declared interest")
    for at, decision in enumerate(file.admissions):
        yield from empty(decision.reason, f"admissions[{at}].reason", "The reason for a decision on admission")
    for at, outcome in enumerate(file.enquiries):
        yield from empty(outcome.reason, f"enquiries[{at}].reason", "The reason for a decision on a low price")
    yield from unexplained(file)


def _dated(file: TenderFile) -> date:
    """Return the last day on which the panel or its officers did anything, else the day of the deadline."""
    days = [it.agreed_on for it in file.agreed_scores]
    days += [it.decided_on for it in file.admissions]
    days += [it.decided_on for it in file.enquiries]
    days += [london(sheet.submitted_at).date() for sheet in file.score_sheets]
    return max(days, default=london(file.tender.deadline).date())


def _with_role(file: TenderFile, role: str) -> tuple[PanelMember, ...]:
    return tuple(member for member in file.panel if role in member.roles)


def _decided(file: TenderFile) -> Iterator[Decided]:
    bids, lots = {bid.id: bid for bid in file.bids}, {lot.id: lot.title for lot in file.tender.lots}
    for decision in file.admissions:
        bid = bids[decision.bid]
        yield Decided(file.organisation(bid.tenderer).name, lots[bid.lot], decision)


def _open_points(evaluation: Evaluation) -> Iterator[str]:
    """Say what still waits: missing scores and decisions, unsettled ties, lots nobody gets, undeclared members."""
    for lot in evaluation.lots:
        yield from (f"{lot.lot.title}: {finding.message}" for finding in lot.waiting)
        yield from (f"{lot.lot.title}: {it.message}" for it in evaluation.recommendation(lot.lot.id).open_points)
    for member in members(evaluation.file):
        if member.open:
            who = ", ".join(member.open)
            yield f"{member.name} scored bids of these, and no declaration about them is on file: {who}."
    award = evaluation.file.award
    if award is None:
        yield "There is no award decision on file yet."
    elif is_draft(award):
        yield "The award decision is a draft: it is not dated, or not everybody has signed it."
