"""What a partner is shown of its own part in a bid, and what it answered; both open only with the secret in its link.

A partner sees its own figures and nobody else's. An answer is one to the figures it was given to: whatever changes
in them afterwards makes it an answer to older figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from sqlalchemy import select

from lots.bid import Confirmation, Payment
from lots.calendar import london
from lots.collaboration import percentage
from lots.lot import Lot
from lots.money import Money, total
from lots.split.report import round_apart
from workbench.db import db
from workbench.models.bids import DraftRecord, PartnerLinkRecord
from workbench.queries.bids.building import Confirmations, money_of
from workbench.queries.bids.drafts import BidDraft, Invitation, invitation_to
from workbench.sealing import drafts
from workbench.workspace import PartnerKey, partner_key

State = Literal["not asked", "asked", "confirmed", "disputed", "commented", "changed", "withdrawn"]
ANSWERS: tuple[tuple[str, str], ...] = (
    ("confirmed", "Yes, these are our figures and our work, and we agree"),
    ("disputed", "No, this is not what we agreed"),
    ("commented", "Neither yet: we have a question or a remark"),
)


@dataclass(frozen=True)
class Offer:
    """What stands in the bid about one partner; amounts are by year, as plain texts.

    ``allocated`` is what it is given, ``kept_back`` what is taken off that, ``passed_on`` what it pays to its own
    sub-contractors, ``share`` its part of the price in words.
    """

    lot: str
    lead: str
    organisation: str
    role: str
    payer: str
    work: str
    allocated: tuple[str, ...]
    kept_back: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()
    share: str = ""

    @property
    def years(self) -> tuple[dict[str, Money], ...]:
        """Give the figures year by year."""
        rows = (_amounts(each, len(self.allocated)) for each in (self.allocated, self.kept_back, self.passed_on))
        return tuple(
            {"allocated": given, "kept_back": kept, "paid": given - kept, "passed_on": passed}
            for given, kept, passed in zip(*rows, strict=True)
        )

    @property
    def whole(self) -> dict[str, Money]:
        """Give the figures over the term."""
        names = ("allocated", "kept_back", "paid", "passed_on")
        return {name: total(year[name] for year in self.years) for name in names}


@dataclass(frozen=True)
class Reply:
    """What a partner answered, by whom, in which words; ``figure`` is its own figure where it disputes ours."""

    answer: str
    name: str
    job: str = ""
    figure: str = ""
    words: str = ""


@dataclass(frozen=True)
class PartnerPage:
    """What the link of a partner shows."""

    link: PartnerLinkRecord
    invitation: Invitation
    lot: Lot | None
    offer: Offer
    reply: Reply | None

    @property
    def is_current(self) -> bool:
        """Say whether the answer is one to the figures as they stand."""
        return self.reply is not None and self.link.replied_to == self.link.version


@dataclass(frozen=True)
class Partner:
    """A partner as the lead sees it: how far its confirmation is, and what it said."""

    organisation: str
    offer: Offer
    state: State
    key: PartnerKey | None = None
    version: int = 0
    reply: Reply | None = None
    replied_at: datetime | None = None


def offers(draft: BidDraft, lot: Lot) -> dict[str, Offer]:
    """Say for each organisation beside the lead what stands in the bid about it."""
    parts = money_of(draft, lot)
    if parts is None:
        return {}
    names = {each.id: each.name for each in parts.organisations}
    lead = next(each.organisation for each in parts.parties if each.role == "lead")
    found = {}
    for party in parts.parties:
        if party.role != "lead":
            paid = [each for each in parts.split.payments if each.payee == party.organisation]
            onward = [each for each in parts.split.payments if each.payer == party.organisation]
            years = len(parts.prices)
            allocated = _sum(paid, "amounts", years)
            found[party.organisation] = Offer(
                lot=lot.id,
                lead=names[lead],
                organisation=names[party.organisation],
                role=party.role,
                payer=", ".join(dict.fromkeys(names[each.payer] for each in paid)) or names[lead],
                work=party.work,
                allocated=_plain(allocated),
                kept_back=_plain(_sum(paid, "deductions", years)),
                passed_on=_plain(_sum(onward, "amounts", years)),
                share=_share(allocated, parts.prices),
            )
    return found


def _sum(payments: list[Payment], name: str, years: int) -> tuple[Money, ...]:
    rows = [row for each in payments if (row := getattr(each, name))]
    return tuple(total(row[year] for row in rows) for year in range(years))


def _plain(amounts: tuple[Money, ...]) -> tuple[str, ...]:
    return tuple(each.plain() for each in amounts) if any(amounts) else ()


def _share(amounts: tuple[Money, ...], prices: tuple[Money, ...]) -> str:
    given, price = total(amounts).pence, total(prices).pence
    return percentage(round_apart(Fraction(100 * given, price), None)) if price else ""


def _amounts(texts: tuple[str, ...], years: int) -> list[Money]:
    return [Money.parse(text, allow_negative=True) for text in texts] or [Money(0)] * years


# --- rows ---------------------------------------------------------------------------------------------------


def page_by(secret: str) -> PartnerPage | None:
    """Open the page of a partner's link; None for a secret that opens none."""
    row = db.session.scalar(select(PartnerLinkRecord).where(PartnerLinkRecord.lookup == drafts.lookup_of(secret)))
    tender_id = db.session.scalar(select(DraftRecord.tender_id).where(DraftRecord.id == row.draft_id)) if row else None
    invitation = invitation_to(tender_id) if tender_id else None
    if row is None or invitation is None:
        return None
    offer = offer_in(row, secret)
    return PartnerPage(row, invitation, invitation.lot(offer.lot), offer, reply_in(row, secret))


def offer_in(row: PartnerLinkRecord, secret: str) -> Offer:
    """Open what a link offers."""
    told = json.loads(drafts.decrypt(secret, row.id, row.version, row.offer, "offer"))
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Offer(**values)


def reply_in(row: PartnerLinkRecord, secret: str) -> Reply | None:
    """Open what was answered last; None where nothing was."""
    if row.reply is None or row.replied_to is None:
        return None
    return Reply(**json.loads(drafts.decrypt(secret, row.id, row.replied_to, row.reply, "reply")))


def written(value: Offer | Reply) -> bytes:
    """Write an offer or a reply as JSON."""
    return json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":")).encode()


def partners_of(draft: BidDraft, lot: Lot) -> tuple[Partner, ...]:
    """List the partners of a lot as its lead sees them."""
    rows = rows_of(draft.id)
    return tuple(_partner(draft, lot, name, offer, rows) for name, offer in offers(draft, lot).items())


def rows_of(draft_id: str) -> dict[str, PartnerLinkRecord]:
    """Load the links of a draft by their ids."""
    found = db.session.scalars(select(PartnerLinkRecord).where(PartnerLinkRecord.draft_id == draft_id))
    return {row.id: row for row in found}


def _partner(draft: BidDraft, lot: Lot, name: str, offer: Offer, rows: Mapping[str, Any]) -> Partner:
    key = draft.workspace.partners.get(partner_key(lot.id, name))
    row = rows.get(key.link) if key else None
    if row is None or key is None:
        return Partner(name, offer, "not asked")
    reply = reply_in(row, key.secret)
    return Partner(name, offer, _state(row, reply), key, row.version, reply, row.replied_at)


def _state(row: PartnerLinkRecord, reply: Reply | None) -> State:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if reply is None:
        return "asked"
    if row.replied_to != row.version:
        return "changed"
    return reply.answer  # type: ignore[return-value]  # one of ANSWERS, checked by the form


def confirmations(draft: BidDraft, lot: Lot) -> Confirmations:
    """Say what each partner of a lot said of its figures as they stand."""
    found: dict[str, tuple[Confirmation, date | None]] = {}
    for each in partners_of(draft, lot):
        if each.state == "confirmed" and each.replied_at:
            found[each.organisation] = ("confirmed", london(each.replied_at).date())
        elif each.state == "disputed":
            found[each.organisation] = ("disputed", None)
    return found
