"""Reads about custodians' keys: which there are, whose, whether proved in time, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from exports.codec import record
from exports.codec.strict_json import Report
from lots.calendar import add_working_days, london
from lots.errors import Finding
from lots.recipients import fingerprint
from lots.sealing import NEEDED, Custodian, Sealing
from lots.words import counted, listed
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.bids import CustodianKeyRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.tenders import Draft

PROVED_WITHIN = 30
"""Days before publication in which each key must have been proved."""
CHECKED_BEFORE = 3
"""Working days before the deadline from which the keys are asked for once more."""
HERE = "keys"
"""The place of a finding about keys, which leads to their page."""


@dataclass(frozen=True)
class Key:
    """A key as its page shows it: ``place`` among the custodians (None: known, but none of theirs)."""

    row: CustodianKeyRecord
    place: int | None
    holder: str
    maker: str
    holds_role: bool

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the public half."""
        return fingerprint(self.row.recipient)

    @property
    def is_paper(self) -> bool:
        """Say whether it is nobody's own: printed, and kept in a safe."""
        return self.row.user_id is None

    @property
    def has_failed(self) -> bool:
        """Say whether the last try to use it failed, or its holder said that it is lost."""
        failed, proved = self.row.failed_at, self.row.proved_at
        return failed is not None and (proved is None or failed > proved)


def sealing_of(draft: Draft) -> Sealing | None:
    """Return how a draft says that bids are sealed; None where they are received elsewhere or it cannot be read."""
    content: Any = (draft.part("sealing").content or {}).get("sealing")
    return None if content is None else record.read(Sealing, _fresh(content), Report())


def _fresh(content: Any) -> Any:
    """Copy plain JSON values: reading uses lists up."""
    if isinstance(content, Mapping):
        return {name: _fresh(inner) for name, inner in content.items()}
    return [_fresh(inner) for inner in content] if isinstance(content, list) else content


def rows_of(tender_id: str) -> Sequence[CustodianKeyRecord]:
    """List every key that was ever registered for a tender, the earliest first."""
    rows = select(CustodianKeyRecord).where(CustodianKeyRecord.tender_id == tender_id)
    return db.session.scalars(rows.order_by(CustodianKeyRecord.made_at, CustodianKeyRecord.id)).all()


def key_named(tender_id: str, key_id: str) -> CustodianKeyRecord | None:
    """Find one key of a tender."""
    row = db.session.get(CustodianKeyRecord, key_id)
    return row if row is not None and row.tender_id == tender_id else None


def keys_of(tender_id: str, sealing: Sealing | None) -> tuple[Key, ...]:
    """List the keys of a tender: the custodians' in their order, then those that are known and none of theirs."""
    rows = rows_of(tender_id)
    names, openers = _people(tender_id, rows)
    found = []
    for row in rows:
        place = sealing.index_of(row.recipient) if sealing else None
        holds_role = row.user_id is None or row.user_id in openers
        found.append(Key(row, place, names.get(row.user_id or 0, ""), names.get(row.made_by, ""), holds_role))
    return tuple(sorted(found, key=lambda key: (key.place is None, key.place or 0)))


def _people(tender_id: str, rows: Sequence[CustodianKeyRecord]) -> tuple[dict[int, str], set[int]]:
    """Name everybody who made or holds a key, and say who of the tender opens its bids."""
    wanted = {each for row in rows for each in (row.user_id, row.made_by) if each is not None}
    names = select(UserRecord.id, UserRecord.name).where(UserRecord.id.in_(wanted))
    opens = select(AssignmentRecord.user_id).join(UserRecord, UserRecord.id == AssignmentRecord.user_id)
    opens = opens.where(AssignmentRecord.tender_id == tender_id, AssignmentRecord.role == "opener", UserRecord.active)
    found = {int(row.id): str(row.name) for row in db.session.execute(names)} if wanted else {}
    return found, set(db.session.scalars(opens))


# --- before publication, and before a change ----------------------------------------------------------------


def key_findings(draft: Draft, today: date, published: Sealing | None = None) -> tuple[Finding, ...]:
    """Say which keys are not proved, or not in the right hands; ``published`` is what the rules in force say."""
    sealing = sealing_of(draft)
    if sealing is None and published is None:
        return ()
    keys = keys_of(draft.tender.id, sealing)
    found = list(_supported(draft, keys, sealing, published))
    if sealing is not None and sealing.custody == "custodians":
        old = {each.recipient for each in published.custodians} if published else set()
        by_recipient = {key.row.recipient: key for key in keys}
        for each in sealing.custodians:
            found += _key_faults(each, by_recipient.get(each.recipient), today, each.recipient in old)
    return tuple(found)


def _key_faults(custodian: Custodian, key: Key | None, today: date, in_force: bool) -> Iterator[Finding]:
    title = custodian.title
    if key is None:
        message = f"The key of “{title}” was not registered for this tender: remove it, and let its holder add theirs"
        yield Finding("key_unregistered", message, HERE)
        return
    if not key.holds_role:
        message = f"{key.holder or 'Somebody'} holds the key of “{title}” and opens this tender's bids no more"
        yield Finding("key_holder_left", f"{message}: remove the key, or give the role back", HERE)
    if in_force:
        return
    if key.row.proved_at is None or key.has_failed:
        message = f"The key of “{title}” is not proved: its holder opens a test text with it on the page of keys"
        yield Finding("key_unproved", message, HERE)
    elif london(key.row.proved_at).date() < today - timedelta(days=PROVED_WITHIN):
        message = f"The key of “{title}” was proved more than {PROVED_WITHIN} days ago: it is to be proved once more"
        yield Finding("key_proof_old", message, HERE)


def _supported(
    draft: Draft, keys: Sequence[Key], sealing: Sealing | None, published: Sealing | None
) -> Iterator[Finding]:
    """Ask two custodians of the rules in force to support other keys: each proves theirs after the change."""
    changed_at = draft.part("sealing").changed_at
    if published is None or published.custody != "custodians" or (sealing and _same_keys(sealing, published)):
        return
    old = {each.recipient for each in published.custodians}
    proofs = [key.row.proved_at for key in keys if key.row.recipient in old and not key.has_failed]
    support = sum(at is not None and changed_at is not None and at >= changed_at for at in proofs)
    if support < NEEDED:
        message = (
            f"Who can open the bids changes, and {support} of the {NEEDED} custodians it takes support that: each "
            "proves the key they have under the published rules once more, after the change was written"
        )
        figures = (("support", str(support)), ("needed", str(NEEDED)))
        yield Finding("keys_change_unsupported", message, HERE, "error", figures)


def _same_keys(one: Sealing, other: Sealing) -> bool:
    return (one.custody, one.recipients) == (other.custody, other.recipients)


# --- after publication --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """The check of the keys before a deadline: from when, who has yet to do it, whose key failed, how many work."""

    begins: date
    due: bool
    waiting: tuple[Key, ...]
    failed: tuple[Key, ...]
    usable: int

    @property
    def words(self) -> str:
        """Say in a sentence what is wrong, and whether two others suffice; empty where nothing is."""
        if not self.failed:
            return ""
        whose = listed(f"“{key.row.title}”" for key in self.failed)
        left = counted(self.usable, "key")
        if self.usable >= NEEDED:
            return f"The key of {whose} could not be used. The other {left} suffice: any {NEEDED} open the bids"
        return (
            f"The key of {whose} could not be used, and only {left} can be where {NEEDED} are needed: unless "
            "one is found, no bid can be opened, and the tender must be cancelled and begun anew"
        )


def check_of(tender: TenderRecord, sealing: Sealing, at: datetime) -> Check | None:
    """Return how the check of the keys before the deadline stands; None where no custodian holds any."""
    if sealing.custody != "custodians" or tender.deadline is None:
        return None
    begins = add_working_days(london(tender.deadline).date(), -CHECKED_BEFORE)
    keys = tuple(key for key in keys_of(tender.id, sealing) if key.place is not None)
    failed = tuple(key for key in keys if key.has_failed)
    due = london(at).date() >= begins
    waiting = tuple(key for key in keys if key not in failed and not _checked(key, begins)) if due else ()
    return Check(begins, due, waiting, failed, len(keys) - len(failed))


def _checked(key: Key, begins: date) -> bool:
    return key.row.proved_at is not None and london(key.row.proved_at).date() >= begins
