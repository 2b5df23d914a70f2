"""What can be wrong: findings (values, about what people typed) and refusals (exceptions, about actions)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or worth knowing, said so that its reader can mend it.

    ``code`` is stable (programs match on it), ``message`` is a sentence fit for a page, ``place`` says where
    (a path such as ``lots[1].annual_budget``, or words such as ``Adult lot, year 2``), ``figures`` are the
    numbers behind the sentence as (name, text) pairs in reading order. Only ``error`` stops anything.
    """

    code: str
    message: str
    place: str = ""
    severity: Severity = "error"
    figures: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ProcurementError(Exception):
    """A refusal. Its text is a sentence fit for a page; ``findings`` say each reason."""

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings: tuple[Finding, ...] = tuple(findings)


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return only the findings that stop something; warnings and notes never do."""
    return tuple(finding for finding in findings if finding.severity == "error")
