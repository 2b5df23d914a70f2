"""How firm each lot's result is: worked out when it is asked for, and kept while the result stays the same."""

from __future__ import annotations

from functools import lru_cache

from scoring.assurance.assure import Assurance, assure
from workbench.models.tenders import TenderRecord
from workbench.queries.awards.result import State, result_in, state_of


def assured(tender: TenderRecord, lot_id: str) -> Assurance:
    """Return the assurance of one lot of a tender whose result may be seen."""
    return _once(state_of(tender), lot_id)


@lru_cache(maxsize=16)
def _once(state: State, lot_id: str) -> Assurance:
    return assure(result_in(state), lot_id)
