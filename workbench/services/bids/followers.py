"""Those who asked to be told about a tender: by a link that was mailed to them, and until they end it by another.

Nobody learns here whether an address is known: asking always looks the same, and only its owner reads the mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, select

from lots.errors import ProcurementError
from workbench import audit
from workbench.config import Config
from workbench.db import db
from workbench.models.bids import FollowerRecord
from workbench.models.tenders import TenderRecord
from workbench.services import StageError
from workbench.services.bids import letters
from workbench.services.mails import want

CONFIRMED_WITHIN = timedelta(days=7)
MOST = 2_000  # followers of one tender: more are not followers
STAGES = frozenset({"published"})
"""The stages in which there is anything left to be told to tenderers."""


class FollowError(ProcurementError):
    """A tender that nobody more can follow."""


@dataclass(frozen=True)
class Links:
    """The addresses that mails lead to: all of them on this installation, some signed with its keys, oldest first."""

    base_url: str
    keys: tuple[str, ...]

    def notice(self, tender_id: str, part: str = "") -> str:
        """Return the public page of a tender, or a place on it."""
        return f"{self.base_url}/notices/{tender_id}/{part}"

    def tender(self, tender_id: str, page: str = "") -> str:
        """Return a page of a tender for those who work on it."""
        return f"{self.base_url}/tenders/{tender_id}/{page}"

    def decision(self, secret: str) -> str:
        """Return the page where a tenderer reads the decision on its bid."""
        return f"{self.base_url}/decision/{secret}"

    def confirm(self, row: FollowerRecord) -> str:
        """Return the link that confirms an address."""
        return self.notice(row.tender_id, f"follow/{self._signer().dumps(row.id)}")

    def end(self, row: FollowerRecord) -> str:
        """Return the link that ends it."""
        return self.notice(row.tender_id, f"unfollow/{self._signer().dumps(row.id)}")

    def read(self, token: str) -> str:
        """Return the id that a link carries; nothing for one that is not ours."""
        try:
            return str(self._signer().loads(token))
        except BadData:
            return ""

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(list(self.keys), salt="follower")


def links_of(config: Config) -> Links:
    """Return the links of an installation."""
    return Links(config.base_url, (*config.secrets.old_session_keys, config.secrets.session_key))


def follow(tender: TenderRecord, email: str, links: Links, *, draft_id: str = "", at: datetime) -> None:
    """Take an address that wants to be told about a tender, and mail it the link that confirms it.

    ``draft_id`` ties it to a draft, so that it is also told when a partner has not confirmed. Records one event, on a
    chain of the follower's own. StageError once there is nothing left to tell.
    """
    if tender.stage not in STAGES:
        raise StageError("This tender no longer takes bids, so there is nothing left to be told about")
    email = email.strip().casefold()
    row = _row(tender.id, email, draft_id) or _new(tender.id, email, draft_id, at)
    again = row.confirmed_at is not None
    if not again:
        row.asked_at = at
    letter = letters.already(tender, links.end(row)) if again else letters.confirm(tender, links.confirm(row))
    # Once an hour at most: whoever types somebody else's address must not fill their mailbox.
    want(f"follow:{row.id}:{at:%Y-%m-%dT%H}", email, letter.subject, letter.text, at=at)
    _record("follower_asked", row.id, at)


def confirm(tender: TenderRecord, token: str, links: Links, *, at: datetime) -> bool:
    """Confirm the address that a link belongs to; False where the link is over."""
    row = found(tender.id, token, links, at=at)
    if row is None:
        return False
    if row.confirmed_at is None:
        row.confirmed_at = at
    _record("follower_confirmed", row.id, at)
    return True


def end(tender: TenderRecord, token: str, links: Links, *, at: datetime) -> None:
    """Forget the address that a link belongs to, for this tender."""
    row = db.session.get(FollowerRecord, links.read(token))
    if row is not None and row.tender_id == tender.id:
        same = (FollowerRecord.tender_id == tender.id, FollowerRecord.email == row.email)
        follower_id = row.id
        db.session.execute(delete(FollowerRecord).where(*same))
        _record("follower_ended", follower_id, at)


def found(tender_id: str, token: str, links: Links, *, at: datetime) -> FollowerRecord | None:
    """Find who may still confirm, or has confirmed, by a link."""
    row = db.session.get(FollowerRecord, links.read(token))
    if row is None or row.tender_id != tender_id:
        return None
    return row if row.confirmed_at or at < row.asked_at + CONFIRMED_WITHIN else None


def forget_unconfirmed(*, at: datetime) -> int:
    """Forget the addresses that nobody confirmed in time; the caller commits."""
    over = (FollowerRecord.confirmed_at.is_(None), FollowerRecord.asked_at < at - CONFIRMED_WITHIN)
    return db.session.execute(delete(FollowerRecord).where(*over)).rowcount  # type: ignore[attr-defined]


def _row(tender_id: str, email: str, draft_id: str) -> FollowerRecord | None:
    return db.session.scalar(
        select(FollowerRecord).where(
            FollowerRecord.tender_id == tender_id, FollowerRecord.email == email, FollowerRecord.draft_id == draft_id
        )
    )


def _new(tender_id: str, email: str, draft_id: str, at: datetime) -> FollowerRecord:
    many = select(FollowerRecord.id).where(FollowerRecord.tender_id == tender_id).limit(1).offset(MOST - 1)
    if db.session.scalar(many):
        raise FollowError("So many addresses follow this tender that no more are taken: look at its page yourself")
    row = FollowerRecord(tender_id=tender_id, email=email, draft_id=draft_id, asked_at=at)
    db.session.add(row)
    db.session.flush()
    return row


def _record(action: str, follower_id: str, at: datetime) -> None:
    db.session.flush()
    audit.record(action, "A follower", chain=f"follower:{follower_id}", actor=None, at=at, details={})
