"""What is wrong with what the panel agreed: a score without reason or evidence, or a change that nobody explains.

A reason that only repeats the scale, or that stands for another bid too, tells its reader nothing (Woods Building
Services v Milton Keynes Council [2015] EWHC 2011 (TCC); Lancashire Care v Lancashire County Council [2018] EWHC
1589 (TCC)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from lots.bid import Bid
from lots.calendar import say
from lots.errors import Finding
from lots.lot import Lot
from scoring.admission import admission, price_faults
from scoring.checks.index import Asked, Index, blank, london_day, moment, unknown
from scoring.checks.scores import criterion_finding, off_scale
from scoring.decision import AdmissionDecision
from scoring.moderation import AgreedScore
from scoring.scale import Scale

Given = Mapping[str, Decimal]  # evaluator to points
_WORD = re.compile(r"\w+")


def agreed_findings(index: Index) -> Iterator[Finding]:
    """Check every agreed score, then name the bids that are not scored in full yet."""
    given, scored = _given(index), _last_scored(index)
    seen: dict[tuple[str, str], int] = {}
    reasons: dict[tuple[str, str], int] = {}
    for i, agreed in enumerate(index.file.agreed_scores):
        place, key = f"agreed_scores[{i}]", (agreed.bid, agreed.criterion)
        if key in seen:
            message = (
                f"Bid “{agreed.bid}” has two agreed scores for “{agreed.criterion}” "
                f"(first at agreed_scores[{seen[key]}]): keep one"
            )
            yield Finding("agreed_repeated", message, place)
        elif agreed.reason.strip():
            yield from _own_reason(agreed, i, reasons, index, place)
        seen.setdefault(key, i)
        yield from _agreed(agreed, index, given.get(key, {}), place)
        yield from _too_early(agreed, scored.get(key), place)
    yield from _not_yet_scored(index, given, seen)


def _given(index: Index) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Collect the points each evaluator gave, by bid and criterion; the first sheet counts."""
    given: dict[tuple[str, str], dict[str, Decimal]] = {}
    for sheet in index.file.score_sheets:
        for score in sheet.scores:
            if score.points is not None:
                given.setdefault((sheet.bid, score.criterion), {}).setdefault(sheet.evaluator, score.points)
    return given


def _last_scored(index: Index) -> dict[tuple[str, str], datetime]:
    """Find when the last sheet with points was submitted, by bid and criterion."""
    last: dict[tuple[str, str], datetime] = {}
    for sheet in index.file.score_sheets:
        for score in sheet.scores:
            if score.points is not None:
                key = (sheet.bid, score.criterion)
                last[key] = max(last.get(key, sheet.submitted_at), sheet.submitted_at)
    return last


def _too_early(agreed: AgreedScore, scored: datetime | None, place: str) -> Iterator[Finding]:
    """Find a score agreed before everybody had scored alone; the day is a day in London."""
    if scored and agreed.agreed_on < london_day(scored):
        message = (
            f"“{agreed.criterion}” of bid “{agreed.bid}” was agreed on {say(agreed.agreed_on)}, and the last score for "
            f"it was submitted at {moment(scored)}: evaluators score alone first, so correct one of the dates"
        )
        yield Finding("agreed_before_scored", message, f"{place}.agreed_on")


def _own_reason(
    agreed: AgreedScore, i: int, reasons: dict[tuple[str, str], int], index: Index, place: str
) -> Iterator[Finding]:
    """Find a reason that already stands for another bid under the same criterion."""
    first = reasons.setdefault((agreed.criterion, " ".join(_words(agreed.reason))), i)
    other = index.file.agreed_scores[first].bid
    if first != i and not _same_answer(index.bids.get(agreed.bid), index.bids.get(other)):
        message = (
            f"This is word for word the reason of bid “{other}” (agreed_scores[{first}]): "
            "say what this bid offers and where"
        )
        yield Finding("agreed_reason_repeated", message, f"{place}.reason")


def _same_answer(one: Bid | None, other: Bid | None) -> bool:
    """Say whether two bids may have earned one reason: a tenderer's answer may serve it in two lots."""
    return one is not None and other is not None and one.tenderer == other.tenderer and one.lot != other.lot


def _agreed(agreed: AgreedScore, index: Index, given: Given, place: str) -> Iterator[Finding]:
    yield from _reasoned(agreed, place)
    yield from _changes(agreed, given, place)
    if agreed.bid not in index.bids:
        yield unknown("agreed_bid_unknown", "bid", agreed.bid, index.bids, f"{place}.bid")
    asked = index.asked_of(agreed.bid)
    if asked is None:
        return
    if wrong := criterion_finding("agreed", agreed.criterion, asked, f"{place}.criterion"):
        yield wrong
    elif scale := asked.scales.get(agreed.criterion):
        yield from _on_scale(agreed, scale, place)
    if asked.methodology.score_rule == "mean":
        message = "This methodology takes the mean of the evaluators’ scores: an agreed score plays no part in it"
        yield Finding("agreed_under_mean", message, place, "warning")


def _reasoned(agreed: AgreedScore, place: str) -> Iterator[Finding]:
    """A reason in words, and at least one place in the bid where it can be checked."""
    message = f"“{agreed.criterion}” of bid “{agreed.bid}” has no reason: say what in the bid earns this score"
    yield from blank("agreed_reason_missing", agreed.reason, message, f"{place}.reason")
    if not any(evidence.document.strip() or evidence.reference.strip() for evidence in agreed.evidence):
        message = f"“{agreed.criterion}” of bid “{agreed.bid}” cites no evidence: name the document and the place"
        yield Finding("agreed_evidence_missing", message, f"{place}.evidence")


def _on_scale(agreed: AgreedScore, scale: Scale, place: str) -> Iterator[Finding]:
    if scale.level(agreed.points) is None:
        yield off_scale("agreed_off_scale", str(agreed.points), scale, f"{place}.points")
    elif agreed.points < scale.maximum:
        message = f"{agreed.points} is not the top of the scale: say what kept the bid from the next level"
        yield from blank("why_not_higher_missing", agreed.why_not_higher, message, f"{place}.why_not_higher")
    words = _words(agreed.reason)
    for level in scale.levels if words else ():
        if set(words) <= {*_words(level.anchor), *_words(level.title), *_words(str(level.points))}:
            message = (
                f"The reason only restates the scale’s level {level.points}, “{level.title}”: "
                "say what in this bid meets it"
            )
            yield Finding("agreed_reason_restates_scale", message, f"{place}.reason")
            return


def _words(text: str) -> list[str]:
    """Return the words of a text for comparing: no capitals, no punctuation."""
    return _WORD.findall(text.casefold())


def _changes(agreed: AgreedScore, given: Given, place: str) -> Iterator[Finding]:
    """Each evaluator whose score moved has one coded cause with an explanation, and nobody else has any."""
    seen: set[str] = set()
    for i, change in enumerate(agreed.changes):
        here, points = f"{place}.changes[{i}]", given.get(change.evaluator)
        if points is None:
            message = f"“{change.evaluator}” gave bid “{agreed.bid}” no score for “{agreed.criterion}” to change"
            yield Finding("change_evaluator_unknown", message, f"{here}.evaluator")
        elif change.evaluator in seen:
            message = f"The change of “{change.evaluator}” is explained twice: once is enough"
            yield Finding("change_repeated", message, here)
        elif points == agreed.points:
            message = f"“{change.evaluator}” scored {points}, which was agreed: there is no change to explain"
            yield Finding("change_unneeded", message, here)
        message = f"The change of “{change.evaluator}” has a cause and no explanation: add it in words"
        yield from blank("change_explanation_missing", change.explanation, message, f"{here}.explanation")
        seen.add(change.evaluator)
    for evaluator, points in given.items():
        if points != agreed.points and evaluator not in seen:
            message = (
                f"“{evaluator}” scored {points} and {agreed.points} was agreed for “{agreed.criterion}” of bid "
                f"“{agreed.bid}”: give the cause of the change"
            )
            figures = (("scored", str(points)), ("agreed", str(agreed.points)))
            yield Finding("change_missing", message, f"{place}.changes", figures=figures)


def _not_yet_scored(
    index: Index, given: Mapping[tuple[str, str], Given], agreed: Mapping[tuple[str, str], int]
) -> Iterator[Finding]:
    """Name the admitted bids that still lack scores: a file may be half way through."""
    file = index.file
    decided: dict[str, list[AdmissionDecision]] = {}
    for decision in file.admissions:
        decided.setdefault(decision.bid, []).append(decision)
    for i, bid in enumerate(file.bids):
        asked, lot = index.asked.get(bid.lot), index.lots.get(bid.lot)
        if asked is None or lot is None or _out(bid, lot, index, decided):
            continue
        missing = [
            name for name in asked.scales if _waits(asked, given.get((bid.id, name), {}), (bid.id, name) in agreed)
        ]
        if missing:
            some = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
            wait = f"{len(missing)} of {len(asked.scales)} criteria wait ({some})"
            message = f"Bid “{bid.id}” is not scored in full yet: {wait}"
            yield Finding("not_yet_scored", message, f"bids[{i}]", "warning", (("waiting", str(len(missing))),))


def _out(bid: Bid, lot: Lot, index: Index, decided: Mapping[str, Sequence[AdmissionDecision]]) -> bool:
    """Say whether a bid did not come in (late, withdrawn, excluded), so that nobody need score it."""
    out = admission((bid,), lot, index.file.tender.deadline, decided.get(bid.id, ()))
    return bool(out) or (not index.file.prices_shut and bool(price_faults(bid, lot)))


def _waits(asked: Asked, given: Given, agreed: bool) -> bool:
    """Say whether a criterion lacks its quorum of scores or, unless the mean was published, the agreed score."""
    quorum, rule = asked.methodology.quorum, asked.methodology.score_rule
    return len(given) < quorum or (rule == "consensus" and not agreed)
