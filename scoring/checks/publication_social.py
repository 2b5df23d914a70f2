"""Before publication: social value that is scored is also counted, and what is promised is held in the contract."""

from __future__ import annotations

from collections.abc import Iterator

from lots.errors import Finding
from lots.tender import SocialValueMeasure
from lots.words import listed
from scoring.checks.index import Asked, Index


def social_findings(index: Index) -> Iterator[Finding]:
    """Find scored social value without measures, and measures that nobody scores or that end with the award."""
    for i, measure in enumerate(index.file.tender.social_value):
        yield from _measure(measure, f"tender.social_value[{i}]")
    bare = [lot.title for lot in index.file.tender.contract_lots if _scored_and_uncounted(index, lot.id)]
    if bare:
        message = (
            f"Social value is scored in {listed(bare)} and nothing is counted: name outcomes, metrics and units, or "
            "the promises that win marks cannot be held to"
        )
        yield Finding("social_value_uncounted", message, "tender.social_value", "warning")


def _scored_and_uncounted(index: Index, lot_id: str) -> bool:
    asked: Asked | None = index.asked.get(lot_id)
    scored = asked is not None and "social_value" in asked.kinds.values()
    return scored and not any(measure.asked_in(lot_id) for measure in index.file.tender.social_value)


def _measure(measure: SocialValueMeasure, here: str) -> Iterator[Finding]:
    says = {
        "criterion": "belongs to no criterion: name the one that scores it, or its promises earn nothing",
        "commitment": "asks for no promise: say what amount a year tenderers commit to",
        "evidence": "asks for no evidence: say what proves that a promise was kept",
        "contract_measure": "becomes no measure of the contract: a promise that wins marks must outlive the award",
    }
    for name, what in says.items():
        if not getattr(measure, name).strip():
            message = f"“{measure.metric or measure.id}” {what}"
            yield Finding(f"measure_without_{name}", message, f"{here}.{name}", "warning")
    if measure.baseline is None:
        message = f"“{measure.metric or measure.id}” has no baseline: without one nobody can tell what was added"
        yield Finding("measure_without_baseline", message, f"{here}.baseline", "note")
