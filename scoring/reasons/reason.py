"""A reason as it was written, and what it is read against."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoring.scale import Scale
from scoring.scoresheet import Evidence


@dataclass(frozen=True)
class ReasonText:
    """A score with its reason; for a score sheet ``reason`` is strengths and weaknesses together."""

    points: Decimal | None = None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    why_not_higher: str = ""
    why_not_lower: str = ""

    @property
    def written(self) -> tuple[tuple[str, str], ...]:
        """Return the places somebody wrote in, and what."""
        fields = (
            ("reason", self.reason),
            ("why_not_higher", self.why_not_higher),
            ("why_not_lower", self.why_not_lower),
        )
        return tuple((place, text) for place, text in fields if text.strip())


@dataclass(frozen=True)
class ReasonContext:
    """What a reason is read against.

    ``criterion`` is the title of the award criterion. ``own_names`` are the names of this bid's parties, and how the
    panel calls it (such as Tenderer C); ``other_names`` those of the other bids. ``other_reasons`` are pairs of whose
    it is and the text: the writer's own for the same criterion of other bids. ``sub_points`` are what the question
    asks for, one by one; ``covered`` those that the writer ticked as looked at. ``as_letters`` says that the panel
    knows tenderers by letters alone: then no name may be written, not even this tenderer's.
    """

    criterion: str
    scale: Scale
    question: str = ""
    own_names: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    other_reasons: tuple[tuple[str, str], ...] = ()
    sub_points: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    as_letters: bool = False
