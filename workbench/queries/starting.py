"""Reads before a tender is started: the authority that buys, its references, and what may be copied."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select

from workbench.db import db
from workbench.models.accounts import AuthorityRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor

MOST_TO_COPY = 500


def authority_of(actor: Actor) -> AuthorityRecord:
    """Return the authority of whoever starts the tender."""
    return db.session.get_one(AuthorityRecord, actor.authority_id)


def reference_taken(authority_id: str, reference: str) -> bool:
    """Say whether the authority has a tender under a reference."""
    of_it = exists().where(TenderRecord.authority_id == authority_id, TenderRecord.reference == reference)
    return bool(db.session.scalar(select(of_it)))


def to_copy(actor: Actor) -> Sequence[TenderRecord]:
    """List the tenders a person may see, newest change first."""
    query = select(TenderRecord).where(TenderRecord.authority_id == actor.authority_id)
    if "auditor" not in actor.authority_roles:
        query = query.where(TenderRecord.id.in_({tender for tender, _, _ in actor.assignments}))
    ordered = query.order_by(TenderRecord.changed_at.desc(), TenderRecord.id)
    return db.session.scalars(ordered.limit(MOST_TO_COPY)).all()
