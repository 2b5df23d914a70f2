"""Before publication: enough evaluators for every question, two openers, an approver, duties kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lots.errors import Finding
from lots.lot import Lot
from lots.regime import Regime
from lots.words import counted, listed
from scoring.checks.index import Index
from scoring.methodology import Methodology
from scoring.scoresheet import PanelMember, PanelRole

_OPENERS = 2
_NAMED = 3  # criteria named in a sentence
_NOT_FOR_APPROVERS: tuple[PanelRole, ...] = ("officer", "moderator", "evaluator")
_PRICE_READERS: tuple[PanelRole, ...] = ("finance",)


def people_findings(index: Index, people: Sequence[PanelMember]) -> Iterator[Finding]:
    """Say which people are missing for which lot, and whose duties should lie in different hands."""
    if index.file.tender.regime == Regime.GRANT:
        return
    for lot in index.file.tender.contract_lots:
        asked = index.asked.get(lot.id)
        here = [member for member in people if not member.lots or lot.id in member.lots]
        if asked:
            yield from _evaluators(lot, asked.methodology, here)
            yield from _moderator(lot, asked.methodology, here)
        yield from _openers(lot, here)
        yield from _approver(lot, here)
    for i, member in enumerate(people):
        yield from _apart(member, f"panel[{i}].roles")


def _with(role: PanelRole, people: Sequence[PanelMember]) -> list[PanelMember]:
    return [member for member in people if role in member.roles]


def _evaluators(lot: Lot, methodology: Methodology, people: Sequence[PanelMember]) -> Iterator[Finding]:
    """Count who may score each question: nobody is averaged in silence, so the quorum must be there."""
    evaluators = _with("evaluator", people)
    short: dict[int, list[str]] = {}
    for leaf in methodology.scored:
        number = sum(not each.criteria or leaf.criterion.id in each.criteria for each in evaluators)
        if number < methodology.quorum:
            short.setdefault(number, []).append(f"“{leaf.criterion.title}”")
    for number, titles in short.items():
        which = listed(titles[:_NAMED])
        if len(titles) > _NAMED:
            which = f"{', '.join(titles[:_NAMED])} and {len(titles) - _NAMED} more"
        message = (
            f"In {lot.title} {counted(number, 'evaluator')} may score {which}, and the quorum is {methodology.quorum}: "
            "add evaluators"
        )
        figures = (("evaluators", str(number)), ("quorum", str(methodology.quorum)))
        yield Finding("evaluators_too_few", message, "panel", "error", figures)


def _moderator(lot: Lot, methodology: Methodology, people: Sequence[PanelMember]) -> Iterator[Finding]:
    if methodology.score_rule == "consensus" and methodology.scored and not _with("moderator", people):
        message = f"{lot.title} has no moderator, and the published rule is one agreed score: name who leads to it"
        yield Finding("moderator_missing", message, "panel")
    if methodology.priced and not _with("finance", people):
        message = f"{lot.title} has nobody for finance: prices and splits are best read by somebody who scores nothing"
        yield Finding("finance_missing", message, "panel", "warning")


def _openers(lot: Lot, people: Sequence[PanelMember]) -> Iterator[Finding]:
    """Ask for somebody to open the bids, and advise that it be two."""
    openers = _with("opener", people)
    if not openers:
        message = f"{lot.title} has no opener: nobody could open the bids after the deadline"
        yield Finding("opener_missing", message, "panel")
    elif len(openers) < _OPENERS:
        message = (
            f"{lot.title} has one opener: two people opening together can vouch for each other (good practice; the law "
            "asks that only authorised people open, PCR 2015 reg 22(16))"
        )
        yield Finding("second_opener_missing", message, "panel", "warning")


def _approver(lot: Lot, people: Sequence[PanelMember]) -> Iterator[Finding]:
    approvers = _with("approver", people)
    if not any(set(_NOT_FOR_APPROVERS).isdisjoint(each.roles) for each in approvers):
        message = (
            f"{lot.title} has no approver who is not also its officer, moderator or evaluator: nobody signs off their "
            "own work"
        )
        yield Finding("approver_missing", message, "panel")


def _apart(member: PanelMember, here: str) -> Iterator[Finding]:
    """Find duties of one person that should lie in different hands."""
    roles = set(member.roles)
    clashes = [role for role in _NOT_FOR_APPROVERS if role in roles] if "approver" in roles else []
    if clashes:
        message = f"“{member.name or member.id}” approves and is also {listed(clashes)}: give one of the two away"
        yield Finding("approver_not_apart", message, here, "warning")
    if "evaluator" in roles and roles & set(_PRICE_READERS):
        message = (
            f"“{member.name or member.id}” scores quality and reads prices: somebody who knows the price cannot score "
            "as if it were sealed"
        )
        yield Finding("evaluator_reads_prices", message, here, "warning")
    if {"evaluator", "moderator"} <= roles:
        message = f"“{member.name or member.id}” moderates scores of their own: let somebody else moderate"
        yield Finding("moderator_scores", message, here, "warning")
