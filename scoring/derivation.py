"""How a number came to be, as a value that prints: formula, the figures put in, inputs and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from scoring.figures import plain


@dataclass(frozen=True)
class Derivation:
    """One number and where it came from.

    ``label`` names it, ``formula`` is the published formula in letters, ``figures`` the same with the numbers in,
    ``inputs`` are the derivations it was made from, ``sources`` the places in the tender file behind it.
    """

    label: str
    value: Fraction
    formula: str
    figures: str = ""
    inputs: tuple[Derivation, ...] = ()
    sources: tuple[str, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the derivation as indented lines, the number itself first and its inputs below."""
        indent = "  " * depth
        worked = f" = {self.figures}" if self.figures else ""
        source = f"   [{'; '.join(self.sources)}]" if self.sources else ""
        yield f"{indent}{self.label} = {plain(self.value)}   ({self.formula}{worked}){source}"
        for part in self.inputs:
            yield from part.lines(depth + 1)

    def __str__(self) -> str:
        return "\n".join(self.lines())
