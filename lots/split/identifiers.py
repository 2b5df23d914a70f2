"""Registration numbers as people type them: which register a number belongs to is told by its form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from lots.organisation import Identifier

_FORMS = (
    ("GB-PPON", re.compile(r"P[A-Z]{3}-?[0-9]{4}-?[A-Z]{4}", re.ASCII)),
    ("GB-COH", re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}", re.ASCII)),
    ("GB-CHC", re.compile(r"[0-9]{6,7}(?:-[0-9]{1,3})?", re.ASCII)),
)
OTHER = "other"


@lru_cache(maxsize=4096)
def identifier_of(number: str) -> Identifier | None:
    """Read a number: eight characters are a company, six or seven digits a charity; nothing typed is None."""
    typed = "".join(number.split()).upper()
    if not typed:
        return None
    scheme = next((scheme for scheme, form in _FORMS if form.fullmatch(typed)), OTHER)
    return Identifier(scheme, typed)


def number_of(identifiers: Iterable[Identifier]) -> str:
    """Return the number to show of an organisation's registrations: the first."""
    return next((each.id for each in identifiers), "")
