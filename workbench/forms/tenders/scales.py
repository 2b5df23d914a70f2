"""A scoring scale: its levels, each with a test of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms import Form

from scoring.scale import Level, Scale
from workbench.forms.fields import LongTextField, NumberField, TextField
from workbench.forms.tenders.part import PartForm, data, slug
from workbench.forms.tenders.rows import Rows
from workbench.parts import Part
from workbench.queries.tenders import Draft

READY = Scale(
    "evidence",
    "Evidence scale, 0 to 5",
    tuple(
        Level(Decimal(points), title, anchor)
        for points, (title, anchor) in enumerate(
            (
                ("No answer", "No answer is given, or nothing in it bears on the question."),
                (
                    "Intentions",
                    "The answer says what the tenderer means to do but names no method and nobody responsible for "
                    "most of what was asked.",
                ),
                (
                    "Gaps",
                    "A method and a responsible role are given for most of what was asked; a main part is missing, "
                    "and filling it would change the offer.",
                ),
                (
                    "Sound",
                    "Every main part is answered with a method and a responsible role. Proof from comparable work is "
                    "thin or missing for some of them.",
                ),
                (
                    "Well evidenced",
                    "Every main part is answered with a method, a role and a measure, and comparable work is shown "
                    "for most. Only details are missing.",
                ),
                (
                    "Fully evidenced",
                    "Every main part is answered with a method, a role and a measure, each backed by measured results "
                    "or by somebody independent of the tenderer.",
                ),
            )
        )
    ),
)
"""A scale to begin with: each level asks for evidence, none for an impression."""


class LevelRow(Form):
    """One level."""

    points = NumberField("Points", least=0, most=1000, places=4, required="Enter the points of this level")
    title = TextField("Name", most=200)
    anchor = LongTextField("What evidence earns it", most=3000)


class ScaleForm(PartForm):
    """One scale; a new one starts with the ready levels."""

    holds = Scale

    title = TextField("What the scale is called", required="Enter what the scale is called", most=200)
    levels = Rows(LevelRow, blank=2, most=100)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show the scale."""
        return super().data_of(content, draft) if content is not None else dict(data(READY))

    def value(self, draft: Draft, part: Part) -> Scale:
        """Build the scale, lowest level first in whatever order it was typed."""
        rows = sorted(self.levels.filled(), key=lambda row: row.points.data)
        levels = tuple(Level(row.points.data, row.title.data or "", row.anchor.data or "") for row in rows)
        return Scale(part.key or slug(self.title.data), self.title.data, levels)
