"""What is wrong with what evaluators scored: who scored what, on which scale, and who should not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lots.bid import Party
from lots.errors import Finding
from lots.split.flow import counted_together
from scoring.checks.index import Asked, Index, blank, moment, unknown
from scoring.criteria import Kind
from scoring.scale import Scale
from scoring.scoresheet import PanelMember, Score, ScoreSheet


def sheet_findings(index: Index) -> Iterator[Finding]:
    """Check every score sheet: its evaluator, its bid, each score, and that nobody hands in two for one bid."""
    seen: dict[tuple[str, str], int] = {}
    conflicts = _conflicts(index)
    for i, sheet in enumerate(index.file.score_sheets):
        place, key = f"score_sheets[{i}]", (sheet.evaluator, sheet.bid)
        if key in seen:
            first = f"score_sheets[{seen[key]}]"
            message = (
                f"“{sheet.evaluator}” has two sheets for bid “{sheet.bid}” (first at {first}): a sheet that was "
                "submitted never changes, so keep that one"
            )
            yield Finding("sheet_repeated", message, place)
        seen.setdefault(key, i)
        yield from _evaluator(sheet, index, place)
        yield from _in_conflict(sheet, index, conflicts, place)
        if sheet.bid not in index.bids:
            yield unknown("sheet_bid_unknown", "bid", sheet.bid, index.bids, f"{place}.bid")
        yield from _scores(sheet, index, place)


@dataclass(frozen=True)
class _Conflicts:
    """Who declared a conflict: (member, mark) to the declaration's number, and each organisation's mark.

    Organisations that count as one (the same group or registration number) share a mark.
    """

    declared: Mapping[tuple[str, str], int]
    marks: Mapping[str, str]

    def with_party(self, member: str, organisation: str) -> int | None:
        """Find the declaration that puts a member in conflict with an organisation or its group."""
        return self.declared.get((member, self.marks.get(organisation, organisation)))


def _conflicts(index: Index) -> _Conflicts:
    marks = counted_together(index.organisations, index.organisations)
    declared: dict[tuple[str, str], int] = {}
    for i, it in enumerate(index.file.declarations):
        if it.interest == "conflicted":
            declared.setdefault((it.member, marks.get(it.organisation, it.organisation)), i)
    return _Conflicts(declared, marks)


def _evaluator(sheet: ScoreSheet, index: Index, place: str) -> Iterator[Finding]:
    """Check that the evaluator is on the panel as one, for this lot, and scored once the bids were in."""
    member, bid = index.panel.get(sheet.evaluator), index.bids.get(sheet.bid)
    if sheet.submitted_at < index.file.tender.deadline:
        message = (
            f"The sheet was submitted at {moment(sheet.submitted_at)}, and no bid is opened before the deadline, "
            f"{moment(index.file.tender.deadline)}: correct the time"
        )
        yield Finding("sheet_before_deadline", message, f"{place}.submitted_at")
    if member is None:
        message = f"“{sheet.evaluator}” is not on the panel: only its members score"
        yield Finding("evaluator_unknown", message, f"{place}.evaluator")
        return
    if "evaluator" not in member.roles:
        message = f"“{member.id}” scored and is no evaluator: give that role, or take the sheet out"
        yield Finding("evaluator_without_role", message, f"{place}.evaluator")
    if bid and member.lots and bid.lot not in member.lots:
        message = f"“{member.id}” is not assigned to lot “{bid.lot}” (only to {', '.join(member.lots)})"
        yield Finding("evaluator_not_assigned", message, f"{place}.evaluator")


def _in_conflict(sheet: ScoreSheet, index: Index, conflicts: _Conflicts, place: str) -> Iterator[Finding]:
    """Find points given by a panel member in conflict with a party of the bid; a sheet that only abstains is right."""
    bid = index.bids.get(sheet.bid)
    if bid is None or sheet.evaluator not in index.panel or not gives_points(sheet):
        return
    for party in bid.parties:
        i = conflicts.with_party(sheet.evaluator, party.organisation)
        if i is not None:
            declared = index.file.declarations[i].organisation
            message = (
                f"“{sheet.evaluator}” declared a conflict with “{declared}”, {_stands(party, declared)}, and "
                f"scored it (declarations[{i}]): this sheet may not count"
            )
            yield Finding("conflicted_evaluator", message, place)


def _stands(party: Party, declared: str) -> str:
    role = f"a {party.role.replace('_', '-')} of this bid"
    return role if party.organisation == declared else f"which counts as one with “{party.organisation}”, {role}"


def gives_points(sheet: ScoreSheet) -> bool:
    """Say whether a sheet scores anything at all, or only abstains."""
    return any(score.points is not None for score in sheet.scores)


def _scores(sheet: ScoreSheet, index: Index, place: str) -> Iterator[Finding]:
    asked, member = index.asked_of(sheet.bid), index.panel.get(sheet.evaluator)
    seen: set[str] = set()
    for i, score in enumerate(sheet.scores):
        here = f"{place}.scores[{i}]"
        if score.criterion in seen:
            message = f"“{score.criterion}” is scored twice on this sheet: keep one score"
            yield Finding("score_repeated", message, f"{here}.criterion")
        seen.add(score.criterion)
        yield from _points(score, here)
        if asked is None:
            continue
        wrong = criterion_finding("score", score.criterion, asked, f"{here}.criterion")
        if wrong:
            yield wrong
            continue
        scale = asked.scales.get(score.criterion)
        if score.points is not None and scale and scale.level(score.points) is None:
            yield off_scale("score_off_scale", str(score.points), scale, f"{here}.points")
        yield from _allowed(score, member, here)


def _points(score: Score, place: str) -> Iterator[Finding]:
    """A score has points, or says why the evaluator abstained; never both."""
    if score.points is None:
        message = f"“{score.criterion}” has no points: give them, or say in “abstained” why there are none"
        yield from blank("score_without_points", score.abstained, message, place)
    elif score.abstained.strip():
        message = f"“{score.criterion}” has points and an abstention: keep one of them"
        yield Finding("score_and_abstention", message, place)


def _allowed(score: Score, member: PanelMember | None, place: str) -> Iterator[Finding]:
    if member and member.criteria and score.criterion not in member.criteria:
        message = f"“{member.id}” is not assigned to “{score.criterion}” (only to {', '.join(member.criteria)})"
        yield Finding("evaluator_not_assigned", message, f"{place}.criterion")


def criterion_finding(what: str, criterion_id: str, asked: Asked, place: str) -> Finding | None:
    """Say why a criterion cannot be scored: unknown, priced by formula, or made of parts; None where it can."""
    if criterion_id in asked.scales:
        return None
    criterion = asked.criteria.get(criterion_id)
    if criterion is None:
        return unknown(f"{what}_criterion_unknown", "criterion", criterion_id, asked.scales, place)
    kind: Kind | None = asked.kinds.get(criterion_id)
    if kind == "price":
        message = f"“{criterion.title}” is priced by formula: nobody scores it"
        return Finding(f"{what}_for_price", message, place)
    parts = ", ".join(part.id for part in criterion.parts)
    return Finding(f"{what}_for_branch", f"“{criterion.title}” is scored in its parts: {parts}", place)


def off_scale(code: str, points: str, scale: Scale, place: str) -> Finding:
    """Say that points are no level of the scale, and which levels it has."""
    message = f"{points} is not on the scale “{scale.title}”: give {scale.words()}"
    return Finding(code, message, place, figures=(("points", points), ("levels", scale.words())))
