"""How far the evaluators of each lot agree, over the answers that a reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from scoring.agreement import Icc, Severity, icc, kendall, krippendorff, ratings_of, severities, whole_rows
from workbench.queries.evaluation.moderation import Board, Card


@dataclass(frozen=True)
class LotAgreement:
    """The figures of one lot; scores are shares of their scale in per cent, so that scales may differ."""

    lot: str
    answers: int
    whole: int
    evaluators: tuple[tuple[str, Severity], ...]
    icc: Icc | None
    alpha: float | None
    alpha_interval: float | None
    concordance: float | None


def of_lots(board: Board) -> tuple[LotAgreement, ...]:
    """Work the figures out for each lot that has scores, in the published order."""
    return tuple(_of_lots(board))


def _of_lots(board: Board) -> Iterator[LotAgreement]:
    names = {member.id: member.name for member in board.file.panel}
    for lot in board.file.tender.contract_lots:
        cards = [card for card in board.cards if card.row.lot == lot.id and card.item.given]
        if cards:
            yield _of_lot(lot.id, cards, names)


def _of_lot(lot: str, cards: list[Card], names: dict[str, str]) -> LotAgreement:
    columns = _columns(cards, names)
    ratings = ratings_of([[_share(card, each) for each in columns] for card in cards])
    people = [names.get(each, "A former evaluator") for each in columns]
    return LotAgreement(
        lot,
        len(cards),
        len(whole_rows(ratings)),
        tuple(zip(people, severities(ratings), strict=True)),
        icc(ratings),
        krippendorff(ratings, "ordinal"),
        krippendorff(ratings, "interval"),
        kendall(ratings),
    )


def _columns(cards: Iterable[Card], names: dict[str, str]) -> list[str]:
    seen = {name for card in cards for name, _ in card.item.given}
    return [*(name for name in names if name in seen), *sorted(seen - set(names))]


def _share(card: Card, evaluator: str) -> Fraction | None:
    points = dict(card.item.given).get(evaluator)
    return None if points is None else 100 * Fraction(points) / Fraction(card.item.scale.maximum)
