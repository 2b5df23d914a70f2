"""What the pages of criteria show: each methodology's tree with its sums and effective weights, and who shares what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exports.codec import record
from exports.codec.strict_json import Report
from scoring.criteria import Criterion
from scoring.figures import plain, terminates
from scoring.methodology import Methodology
from scoring.scale import Scale
from workbench.criteria_tree import Node, group_of, nodes, path_of
from workbench.parts import Part
from workbench.queries.tenders import Draft

SHARED = ("title", "question", "scale", "word_limit", "minimum")
"""What a criterion that several lots share has in common; its weight each lot sets for itself."""
_KINDS = {"quality": "Quality", "social_value": "Social value", "price": "Price"}


@dataclass(frozen=True)
class Row:
    """One criterion of the table: where it is, what it weighs in the whole, and what it still lacks.

    ``sum_words`` and ``target`` are those of its parts; empty where it has none.
    """

    node: Node
    kind: str
    effective: str
    scale: str
    lacks: tuple[str, ...]
    parts: str = ""
    sum_words: str = ""
    target: str = ""

    @property
    def criterion(self) -> Criterion:
        """Return the criterion itself."""
        return self.node.criterion


@dataclass(frozen=True)
class Judged:
    """A methodology with the lots it judges and its table of criteria; ``value`` is None where nothing is saved yet."""

    part: Part
    value: Methodology | None
    lots: tuple[str, ...]
    rows: tuple[Row, ...]
    sum_words: str
    met: bool


def methodologies_of(draft: Draft) -> tuple[Judged, ...]:
    """Read every methodology of a draft."""
    return tuple(judged(draft, part) for part in draft.of("methodology"))


def judged(draft: Draft, part: Part) -> Judged:
    """Read one methodology; lots are named by their titles."""
    value = methodology_of(part)
    if value is None:
        return Judged(part, None, (), (), "", False)
    titles = {each.key: str((each.content or {}).get("title") or each.key) for each in draft.lots}
    total = sum((each.weight for each in value.criteria), Decimal(0))
    lots = tuple(titles.get(key, key) for key in value.lots)
    return Judged(part, value, lots, tuple(rows_of(value, scales_of(draft))), sum_words(total), total == 100)


def methodology_of(part: Part) -> Methodology | None:
    """Read a part as a methodology."""
    return _read(Methodology, part.content)


def scales_of(draft: Draft) -> dict[str, Scale]:
    """Return the scales of a draft by their ids."""
    return {part.key: scale for part in draft.of("scale") if (scale := _read(Scale, part.content)) is not None}


def _read(cls: type, content: Any) -> Any:
    return None if content is None else record.read(cls, _copied(content), Report())


def _copied(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _copied(inner) for name, inner in content.items()}
    return [_copied(inner) for inner in content] if isinstance(content, list) else content


def rows_of(value: Methodology, scales: Mapping[str, Scale]) -> Iterator[Row]:
    """Lay a tree out as rows, parents first."""
    shares, kinds = _effective(value), _kinds_of(value)
    for node in nodes(value.criteria):
        kind = kinds[node.place]
        scale = scales.get(node.criterion.scale)
        lacks = () if node.criterion.parts else tuple(_lacks(node.criterion, kind, scale))
        row = Row(node, _KINDS[kind], _exact(shares[node.place]), scale.title if scale else "", lacks)
        yield _with_sum(row, value) if node.criterion.parts else row


def _with_sum(row: Row, value: Methodology) -> Row:
    criterion = row.criterion
    total = sum((each.weight for each in criterion.parts), Decimal(0))
    target = Decimal(100) if value.weighting == "shares" else criterion.weight
    group = group_of(path_of(row.node.place))
    return Row(row.node, row.kind, row.effective, "", (), group, sum_words(total, target), f"{target:f}")


def _lacks(criterion: Criterion, kind: str, scale: Scale | None) -> Iterator[str]:
    if kind == "price":
        return
    if not criterion.question.strip():
        yield "no question"
    if scale is None:
        yield "no scale"
    elif not all(level.anchor.strip() for level in scale.levels):
        yield "scale without anchors"
    if criterion.word_limit is None:
        yield "no word limit"


def _kinds_of(value: Methodology) -> dict[str, str]:
    """Give every criterion the kind of its top, as the evaluation does."""
    tops = [str(each.kind or "quality") for each in value.criteria]
    return {node.place: tops[path_of(node.place)[0]] for node in nodes(value.criteria)}


def _effective(value: Methodology) -> dict[str, Fraction]:
    """Work out the weight in the whole of every criterion; of a branch, the sum of the leaves below it."""
    found: dict[str, Fraction] = {}

    def descend(parts: tuple[Criterion, ...], whole: Fraction, above: str) -> Fraction:
        total = Fraction(0)
        for i, criterion in enumerate(parts):
            place = f"{above}{i}"
            own = Fraction(criterion.weight)
            weight = own * whole / 100 if value.weighting == "shares" else own
            found[place] = descend(criterion.parts, weight, f"{place}-") if criterion.parts else weight
            total += found[place]
        return total

    descend(value.criteria, Fraction(100), "")
    return found


def _exact(share: Fraction) -> str:
    return f"{plain(share)}%" if terminates(share) else f"{share.numerator}/{share.denominator}%"


def sum_words(total: Decimal, target: Decimal = Decimal(100)) -> str:
    """Say a sum of weights and how far it is from what it must be, as the page's script does."""
    gap = target - total
    if not gap:
        return f"{_short(total)}, as it should be"
    return f"{_short(total)}: {_short(abs(gap))} {'short of' if gap > 0 else 'over'} {_short(target)}"


def _short(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- shared between lots ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Other:
    """Another methodology that holds, or could hold, the same criterion."""

    part: Part
    value: Methodology
    title: str
    path: tuple[int, ...]
    same: bool


def others_with(draft: Draft, part: Part, criterion: Criterion) -> tuple[Other, ...]:
    """List the other methodologies in which a criterion of the same id stands; ``same`` where it asks the same."""
    return tuple(_others(draft, part, criterion.id, criterion))


def others_under(draft: Draft, part: Part, parent: Criterion | None) -> tuple[Other, ...]:
    """List the other methodologies that have the same criterion to put a part under."""
    return tuple(_others(draft, part, parent.id if parent else "", None))


def _others(draft: Draft, part: Part, wanted: str, criterion: Criterion | None) -> Iterator[Other]:
    for each in draft.of("methodology"):
        value = methodology_of(each) if each.key != part.key else None
        if value is None:
            continue
        node = next((node for node in nodes(value.criteria) if node.criterion.id == wanted), None) if wanted else None
        if node is None and (wanted or criterion is not None):
            continue
        path = path_of(node.place) if node else ()
        same = criterion is not None and node is not None and alike(criterion, node.criterion)
        yield Other(each, value, str(each.content.get("title") or each.key), path, same)


def alike(one: Criterion, other: Criterion) -> bool:
    """Say whether two criteria ask the same in the same way, whatever they weigh."""
    return all(getattr(one, name) == getattr(other, name) for name in SHARED)
