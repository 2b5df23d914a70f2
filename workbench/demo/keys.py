"""Custodians' keys of the demonstration: made, proved and left ready, as their holders would have done it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workbench.config import Config
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.bids import CustodianKeyRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.accounts import actor_for
from workbench.sealing import key_files, ready_keys
from workbench.sealing.key_files import KeyPair
from workbench.services.bids import keys


def make_ready(
    tender: TenderRecord, openers: Sequence[UserRecord], *, config: Config, at: datetime, paper: bool = True
) -> tuple[KeyPair, ...]:
    """Give each opener a key, and the safe a paper one; all are proved and lie ready. Commits each step.

    The officer has chosen custodians before. Returns the keys in their order, the paper one last. Refused outside a
    demonstration.
    """
    made = [_made(tender, person, config, at, title=person.job_title or person.name) for person in openers]
    if paper:
        made.append(_made(tender, openers[-1], config, at, title=keys.PAPER, paper=True))
    return tuple(made)


def _made(
    tender: TenderRecord, person: UserRecord, config: Config, at: datetime, *, title: str, paper: bool = False
) -> KeyPair:
    pair, actor = ready_keys.make(config, tender.id), actor_for(person)
    row: CustodianKeyRecord = keys.register_key(tender, pair.recipient, title=title, paper=paper, actor=actor, at=at)
    db.session.commit()
    keys.prove_key(tender, row, key_files.answer(pair, row.challenge.encode()), actor=actor, at=at)
    db.session.commit()
    return pair
