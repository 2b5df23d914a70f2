"""Reads about moderation: every card with its scores, who signs it and who has, and what is missing for the lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from exports.reports.moderation_record import Sitting
from lots.bid import Bid
from scoring.agenda import AgendaItem, agenda
from scoring.conflicts import hidden_bids, undeclared
from scoring.moderation import AgreedScore
from scoring.scoresheet import PanelMember, Score
from scoring.tender_file import TenderFile
from workbench.cards import Texts
from workbench.db import db
from workbench.kept import from_text
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import AgreedScoreRecord, CardRecord, CardSignatureRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.evaluation.access import not_admitted
from workbench.queries.evaluation.interests import standings_in
from workbench.queries.evaluation.record import live_file, member_id

State = Literal["open", "signing", "agreed", "reopened"]
Readable = Callable[[str], bool]


@dataclass(frozen=True)
class Agreed:
    """An agreed score as it was put to signature, and who has signed it."""

    row: AgreedScoreRecord
    score: AgreedScore
    signed: tuple[CardSignatureRecord, ...] = ()

    @property
    def present(self) -> tuple[int, ...]:
        """Return the ids of those who must sign."""
        return tuple(json.loads(self.row.present))

    @property
    def waits_for(self) -> tuple[int, ...]:
        """Return the ids of those who have not signed yet."""
        done = {each.user_id for each in self.signed}
        return tuple(each for each in self.present if each not in done)


@dataclass(frozen=True)
class Card:
    """One answer in moderation: what is being written about it, what each evaluator gave, what was agreed so far."""

    row: CardRecord
    bid: OpenedBidRecord
    item: AgendaItem
    agreed: tuple[Agreed, ...] = field(default=())

    @property
    def texts(self) -> Texts:
        """Return the card's fields."""
        held: Texts = json.loads(self.row.content)
        return held

    @property
    def title(self) -> str:
        """Return the title of the award criterion."""
        return self.item.leaf.criterion.title

    @property
    def green(self) -> bool:
        """Say whether everybody who was present has signed."""
        return self.row.state == "agreed"

    @property
    def last(self) -> Agreed | None:
        """Return what was put to signature last."""
        return self.agreed[-1] if self.agreed else None

    @property
    def before(self) -> Agreed | None:
        """Return the agreed score that stood before the card was taken up again."""
        return next((each for each in self.agreed if each.row.number == self.row.agreed), None)

    def waits_for(self, user_id: int) -> bool:
        """Say whether a person's signature is missing."""
        return self.row.state == "signing" and self.last is not None and user_id in self.last.waits_for


@dataclass(frozen=True)
class Board:
    """Every card of the bids that are still in and that somebody may read, what is most at stake first."""

    file: TenderFile
    cards: tuple[Card, ...]
    hidden: int = 0
    by_mean: tuple[str, ...] = ()

    def card(self, card_id: str) -> Card | None:
        """Find a card."""
        return next((each for each in self.cards if each.row.id == card_id), None)

    def in_state(self, *states: State) -> tuple[Card, ...]:
        """List the cards in some states."""
        return tuple(each for each in self.cards if each.row.state in states)

    @property
    def waiting(self) -> tuple[Card, ...]:
        """List the cards that cannot be agreed, for want of scores: their lots wait."""
        return tuple(each for each in self.cards if each.item.short and not each.green)

    @property
    def missing(self) -> tuple[Card, ...]:
        """List the cards that keep quality from being locked."""
        return tuple(each for each in self.cards if not each.green and not each.item.short)


def board_of(tender: TenderRecord, readable: Readable, file: TenderFile | None = None) -> Board:
    """Gather the cards of the bids that a reader may see; ``hidden`` counts the others."""
    file = file or live_file(tender)
    playing = in_play(file)
    shown = tuple(bid.id for bid in playing if readable(bid.id))
    rows = {(row.bid_id, row.criterion): row for row in _cards(tender.id)}
    bids = {row.id: row for row in _bids(tender.id)}
    agreed = _agreed(tender.id)
    cards = tuple(
        Card(rows[key], bids[item.bid], item, tuple(agreed.get(rows[key].id, ())))
        for item in agenda(file, shown)
        if (key := (item.bid, item.leaf.criterion.id)) in rows
    )
    return Board(file, cards, len(playing) - len(shown), tuple(_by_mean(file)))


def in_play(file: TenderFile) -> tuple[Bid, ...]:
    """List the bids that are moderated: admitted, in lots whose published rule is one agreed score."""
    out, by_mean = not_admitted(file), set(_by_mean(file))
    return tuple(bid for bid in file.bids if bid.id not in out and bid.lot not in by_mean)


def _by_mean(file: TenderFile) -> Iterator[str]:
    for lot in file.tender.contract_lots:
        methodology = file.methodology_for(lot.id)
        if methodology and methodology.score_rule == "mean":
            yield lot.id


def _cards(tender_id: str) -> Sequence[CardRecord]:
    query = select(CardRecord).where(CardRecord.tender_id == tender_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _bids(tender_id: str) -> Sequence[OpenedBidRecord]:
    return db.session.scalars(select(OpenedBidRecord).where(OpenedBidRecord.tender_id == tender_id)).all()


def _agreed(tender_id: str) -> dict[str, list[Agreed]]:
    signed: dict[str, list[CardSignatureRecord]] = {}
    for each in db.session.scalars(
        select(CardSignatureRecord)
        .join(AgreedScoreRecord, AgreedScoreRecord.id == CardSignatureRecord.agreed_score_id)
        .where(AgreedScoreRecord.tender_id == tender_id)
        .order_by(CardSignatureRecord.signed_at, CardSignatureRecord.user_id)
    ):
        signed.setdefault(each.agreed_score_id, []).append(each)
    found: dict[str, list[Agreed]] = {}
    for row in db.session.scalars(
        select(AgreedScoreRecord).where(AgreedScoreRecord.tender_id == tender_id).order_by(AgreedScoreRecord.number)
    ):
        score = from_text(AgreedScore, row.content)
        found.setdefault(row.card_id, []).append(Agreed(row, score, tuple(signed.get(row.id, ()))))
    return found


# --- people -----------------------------------------------------------------------------------------------------


def number_of(member: PanelMember) -> int:
    """Return the id of the person that a panel member is; :func:`record.member_id` turned round."""
    return int(member.id.removeprefix(member_id(0)[:-1]))


def at_table(tender_id: str, file: TenderFile) -> Mapping[tuple[str, str], tuple[PanelMember, ...]]:
    """Say who may be present for each bid and criterion: who chairs or scores it, and declared no interest in it."""
    standings = standings_in(tender_id)
    members = [
        (member, hidden_bids(file.bids, own))
        for member in file.panel
        if {"evaluator", "moderator"} & set(member.roles)
        and not undeclared(file.bids, own := standings.get(number_of(member), {}))
    ]
    found: dict[tuple[str, str], tuple[PanelMember, ...]] = {}
    for bid in in_play(file):
        methodology = file.methodology_for(bid.lot)
        for leaf in methodology.scored if methodology else ():
            criterion = leaf.criterion.id
            found[bid.id, criterion] = tuple(
                member for member, hidden in members if bid.id not in hidden and _sits(member, bid.lot, criterion)
            )
    return found


def _sits(member: PanelMember, lot: str, criterion: str) -> bool:
    if member.lots and lot not in member.lots:
        return False
    return "moderator" in member.roles or not member.criteria or criterion in member.criteria


def scores_of(file: TenderFile, bid_id: str, criterion: str) -> tuple[tuple[PanelMember, Score], ...]:
    """List what each evaluator submitted about one answer, abstentions too, in the panel's order."""
    known = {member.id: member for member in file.panel}
    place = {name: at for at, name in enumerate(known)}
    sheets = sorted(file.score_sheets, key=lambda each: place.get(each.evaluator, len(place)))
    return tuple(
        (known.get(sheet.evaluator, PanelMember(sheet.evaluator, "A former evaluator", "", ("evaluator",))), score)
        for sheet in sheets
        if sheet.bid == bid_id and (score := sheet.score(criterion)) is not None
    )


# --- before moderation ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outstanding:
    """What individual scoring still lacks.

    ``sheets`` are who has not submitted and how many sheets of how many; ``short`` (bid, criterion) that lack their
    quorum although somebody can still score them, ``waiting`` those that nobody can bring to it.
    """

    sheets: tuple[tuple[PanelMember, int, int], ...] = ()
    short: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


def outstanding(tender: TenderRecord, file: TenderFile) -> Outstanding:
    """Compare what was submitted with what there is to score."""
    table = at_table(tender.id, file)
    done = {(sheet.evaluator, sheet.bid) for sheet in file.score_sheets}
    to_do: dict[str, set[str]] = {}
    for (bid, _), members in table.items():
        for member in members:
            if "evaluator" in member.roles:
                to_do.setdefault(member.id, set()).add(bid)
    sheets = tuple(
        (member, missing, len(bids))
        for member in file.panel
        if (bids := to_do.get(member.id)) and (missing := sum((member.id, bid) not in done for bid in bids))
    )
    short = [(item.bid, item.leaf.criterion.id) for item in agenda(file, [it.id for it in in_play(file)]) if item.short]
    can = [key for key in short if _may_come(key, table, done)]
    return Outstanding(sheets, tuple(can), tuple(key for key in short if key not in can))


def _may_come(
    key: tuple[str, str], table: Mapping[tuple[str, str], tuple[PanelMember, ...]], done: set[tuple[str, str]]
) -> bool:
    return any("evaluator" in member.roles and (member.id, key[0]) not in done for member in table[key])


# --- the record as a paper --------------------------------------------------------------------------------------


def sittings_of(board: Board) -> tuple[Sitting, ...]:
    """Return every agreed score of some cards as it was put to signature, the earliest first."""
    return tuple(sorted(_sittings(board), key=lambda each: each.put_at))


def _sittings(board: Board) -> Iterator[Sitting]:
    for card in board.cards:
        for each in card.agreed:
            stands = card.green and each.row.number == card.row.agreed
            yield Sitting(
                each.score, member_id(each.row.made_by), each.row.made_at, tuple(map(member_id, each.present)),
                tuple((member_id(it.user_id), it.signed_at) for it in each.signed), each.row.absent, stands,
            )  # fmt: skip
