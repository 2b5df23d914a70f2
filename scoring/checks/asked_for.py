"""What a tender asks for beside answers and prices: documents, social value, indicators, standards, engagement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from lots.calendar import say
from lots.errors import Finding
from lots.governance import STANDARDS
from lots.lot import Lot
from lots.tender import Engagement, SocialValueMeasure, Tender
from scoring.checks.index import Index, blank, ids, named, overlong, unknown
from scoring.criteria import Criterion, Kind


def asked_for_findings(index: Index) -> Iterator[Finding]:
    """Check that ids are used once, name what is there, and that amounts and dates can be."""
    tender = index.file.tender
    lots = {lot.id: lot for lot in tender.contract_lots} or index.lots
    yield from _documents(tender, lots)
    yield from ids(tender.social_value, "social value measure", "tender.social_value")
    for i, measure in enumerate(tender.social_value):
        yield from _measure(measure, index, lots, f"tender.social_value[{i}]")
    yield from _indicators(tender, lots)
    yield from _standards(tender)
    if tender.engagement:
        yield from _engagement(tender.engagement)


def _documents(tender: Tender, lots: Mapping[str, Lot]) -> Iterator[Finding]:
    yield from ids(tender.documents, "document", "tender.documents")
    for i, document in enumerate(tender.documents):
        here = f"tender.documents[{i}]"
        message = "This document has no title: say what tenderers are to send"
        yield from blank("title_missing", document.title, message, f"{here}.title")
        yield from overlong(document.title, "The document’s title", f"{here}.title")
        yield from named("document_lot", "lot", document.lots, lots, f"{here}.lots")


_STILL_OPEN = frozenset({"to be set", "to be confirmed", "to be agreed", "tbc", "tbd", "tba"})


def _indicators(tender: Tender, lots: Mapping[str, Lot]) -> Iterator[Finding]:
    yield from ids(tender.indicators, "indicator", "tender.indicators")
    for i, indicator in enumerate(tender.indicators):
        here = f"tender.indicators[{i}]"
        yield from blank("title_missing", indicator.title, "This indicator has no title: name it", f"{here}.title")
        message = f"“{indicator.title}” has no target: say how much by when"
        yield from blank("target_missing", indicator.target, message, f"{here}.target")
        if indicator.target.strip().casefold() in _STILL_OPEN:
            message = f"The target of “{indicator.title}” is still “{indicator.target}”: tenderers price what they read"
            yield Finding("target_open", message, f"{here}.target", "warning")
        yield from named("indicator_lot", "lot", indicator.lots, lots, f"{here}.lots")


def _measure(measure: SocialValueMeasure, index: Index, lots: Mapping[str, Lot], place: str) -> Iterator[Finding]:
    for name in ("outcome", "metric", "unit"):
        message = f"Social value measure “{measure.id}” has no {name}: a promise is held to all three"
        yield from blank(f"{name}_missing", getattr(measure, name), message, f"{place}.{name}")
    yield from named("measure_lot", "lot", measure.lots, lots, f"{place}.lots")
    yield from _criterion(measure, index, lots, f"{place}.criterion")
    yield from _amounts(measure, place)


def _criterion(measure: SocialValueMeasure, index: Index, lots: Mapping[str, Lot], place: str) -> Iterator[Finding]:
    """Find a measure that no methodology of its lots scores, or that is scored as quality."""
    if not measure.criterion:
        return
    concerned = [index.asked[lot] for lot in lots if measure.asked_in(lot) and lot in index.asked]
    if not concerned:
        return
    criteria: dict[str, Criterion] = {}
    kinds: dict[str, Kind] = {}
    for asked in concerned:
        for leaf in asked.methodology.leaves:
            for name in (*leaf.above, leaf.criterion.id):
                kinds.setdefault(name, leaf.kind)
        criteria.update(asked.criteria)
    if measure.criterion not in criteria:
        yield unknown("measure_criterion", "criterion", measure.criterion, criteria, place)
    elif kinds.get(measure.criterion) == "price":
        message = f"“{measure.criterion}” is the price criterion: name the one that scores social value"
        yield Finding("measure_criterion_priced", message, place)


def _amounts(measure: SocialValueMeasure, place: str) -> Iterator[Finding]:
    for name, words in (("baseline", "baseline"), ("minimum_a_year", "least promise")):
        amount: Decimal | None = getattr(measure, name)
        if amount is not None and amount < 0:
            message = f"The {words} of “{measure.metric}” is {amount}: write 0 or more"
            yield Finding(f"measure_{name}", message, f"{place}.{name}")
    if measure.deadweight is not None and not 0 <= measure.deadweight < 100:
        message = (
            f"{measure.deadweight} % of “{measure.metric}” is said to happen anyway: write 0 or more, and less than 100"
        )
        yield Finding("measure_deadweight", message, f"{place}.deadweight")


def _standards(tender: Tender) -> Iterator[Finding]:
    known = {each.id: each for each in STANDARDS}
    seen: set[str] = set()
    for i, check in enumerate(tender.standards):
        here = f"tender.standards[{i}]"
        if check.standard not in known:
            yield unknown("standard_unknown", "standard", check.standard, known, f"{here}.standard")
        elif check.standard in seen:
            message = f"“{check.standard}” is answered twice: keep the answer that holds"
            yield Finding("standard_repeated", message, here)
        seen.add(check.standard)


def _engagement(engagement: Engagement) -> Iterator[Finding]:
    opened, closed = engagement.opened_on, engagement.closed_on
    if opened and opened > closed:
        message = f"The engagement opens on {say(opened)}, after it closes on {say(closed)}: correct one of the dates"
        yield Finding("engagement_backwards", message, "tender.engagement.opened_on")
    if engagement.responses is not None and engagement.responses < 0:
        message = f"{engagement.responses} responses cannot be: write 0 or more, or leave it out"
        yield Finding("engagement_responses", message, "tender.engagement.responses")
    seen: set[int] = set()
    for i, question in enumerate(engagement.questions):
        here = f"tender.engagement.questions[{i}]"
        if question.number in seen:
            message = f"There are two questions with the number {question.number}: number each once"
            yield Finding("question_repeated", message, f"{here}.number")
        seen.add(question.number)
        message = f"Question {question.number} asks nothing: write it, or take it out"
        yield from blank("question_missing", question.question, message, f"{here}.question")
    for i, event in enumerate(engagement.events):
        here = f"tender.engagement.events[{i}]"
        yield from blank("title_missing", event.title, "This event has no title: name it", f"{here}.title")
        if opened and not opened <= event.held_on <= closed:
            message = f"“{event.title}” is on {say(event.held_on)}, outside the engagement"
            yield Finding("event_outside_engagement", message, f"{here}.held_on", "warning")
