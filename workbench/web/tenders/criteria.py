"""The pages of award criteria: all methodologies with their criteria, one methodology, and the scales."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.catalogue import FORMULAS
from scoring.figures import Rounding
from scoring.gallery.suggestions import suggestions
from scoring.methodology import Methodology
from scoring.proportionality import ASSUMPTIONS, proportionality
from scoring.scale import Scale
from workbench.criteria_tree import nodes
from workbench.forms.tenders.methodology import MethodologyForm, grouped
from workbench.forms.tenders.part import PartForm, saved
from workbench.forms.tenders.scales import ScaleForm
from workbench.parts import Part
from workbench.queries.criteria import judged, methodologies_of, methodology_of, scales_of
from workbench.queries.money_of_lots import budget_of
from workbench.queries.outlook import lots_of
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, TaskPage, page, task_page

TIES = {
    "highest_quality": "the higher quality score",
    "highest_criterion": "the higher score for “{}”",
    "highest_social_value": "the higher social value score",
    "lowest_price": "the lower price",
}


def _criteria(draft: Draft) -> Mapping[str, Any]:
    """Show every methodology with its tree, the scales, and the work they ask for."""
    found = methodologies_of(draft)
    named = {lot for each in found if each.value for lot in each.value.lots}
    lots = [lot for lot in lots_of(draft) if lot.is_contract]
    return {
        "judged": found,
        "formulas": FORMULAS,
        "ties": {each.part.key: tie_words(each.value) for each in found if each.value},
        "shared": _shared(found),
        "scales": scales_of(draft),
        "scale_parts": draft.of("scale"),
        "waiting": [lot for lot in lots if lot.id not in named],
        "lots": lots,
        "burdens": proportionality(draft.file) if draft.file else (),
        "hours": Rounding(0).text,
        "assumptions": ASSUMPTIONS.published(),
    }


def _shared(found: Any) -> list[str]:
    """Name the criteria that several methodologies ask in the same words."""
    seen: dict[tuple[object, ...], list[str]] = {}
    for each in found:
        for row in each.rows:
            criterion = row.criterion
            if not criterion.parts and criterion.question.strip():
                asked = (criterion.id, criterion.title, criterion.question)
                seen.setdefault(asked, []).append(each.value.title)
    return [f"“{asked[1]}”: {', '.join(titles)}" for asked, titles in seen.items() if len(titles) > 1]


def tie_words(value: Methodology) -> list[str]:
    """Say the tie-break list in words."""
    titles = {node.criterion.id: node.criterion.title for node in nodes(value.criteria)}
    return [TIES[step.rule].format(titles.get(step.criterion, step.criterion)) for step in value.tie_breaks]


def _methodology(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Show the table of criteria, and what the formula's figures would suitably be."""
    value = methodology_of(part)
    if value is None:
        return {"value": None, "lots": lots_of(draft)}
    budget = budget_of(draft, value.lots)
    weight = value.priced.weight if value.priced else Fraction(0)
    info = FORMULAS.get(value.price.formula)
    hints = suggestions(info.id, budget, weight) if info else ()
    return {
        "value": value,
        "judged": judged(draft, part),
        "info": info,
        "budget": budget,
        "grouped": grouped,
        "hints": {each.name: each for each in hints},
        "weights": form.criteria.by_name(),
        "rehearsable": [lot for lot in lots_of(draft) if lot.id in value.lots],
    }


def _scale(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Say which criteria are scored by the scale."""
    users = [
        f"{row.criterion.title} ({each.value.title})"
        for each in methodologies_of(draft) if each.value
        for row in each.rows if row.criterion.scale == part.key and part.key
    ]  # fmt: skip
    return {"scale": saved(Scale, part.content), "users": users}


task_page(TaskPage("criteria", "tenders/criteria.html", _criteria))
page(PartPage("scale", "Scoring scale", ScaleForm, "tenders/scale.html", _scale, many=True, noun="scale"))
page(
    PartPage(
        "methodology", "Criteria and price", MethodologyForm, "tenders/methodology.html", _methodology, many=True,
        noun="methodology",
    )
)  # fmt: skip
