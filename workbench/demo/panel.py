"""The panel of the demonstration at work: each declares, scores alone, moderates and signs, as the case tells it.

Everything goes through the services that the pages use, on the days the case names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scoring.moderation import AgreedScore
from scoring.scoresheet import ScoreSheet
from scoring.tender_file import TenderFile
from workbench.cards import marks_of, write_evidence
from workbench.db import begin_writing, db
from workbench.demo.bids import bid_id
from workbench.demo.people import DemoPeople
from workbench.kept import to_text
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import ScoreDraftRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.accounts import actor_for
from workbench.queries.bids.opened import file_with_bids
from workbench.queries.evaluation import interests as reads
from workbench.queries.evaluation import moderation
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.record import member_id
from workbench.queries.evaluation.sheets import desk_of
from workbench.services.evaluation import agreeing, beginning, interests, locking, preparing, scoring
from workbench.services.evaluation.interests import Said

DECLARED = datetime(2024, 7, 4, 9, 0, tzinfo=UTC)
BEGUN = datetime(2024, 7, 5, 9, 0, tzinfo=UTC)
MODERATED = datetime(2024, 8, 20, 9, 0, tzinfo=UTC)
LOCKED = datetime(2024, 8, 27, 16, 0, tzinfo=UTC)
NOTE = """Read each answer whole before you score it, against the words of the scale and nothing else.

Score what the answer shows. What you know of a tenderer from elsewhere, and what you believe it meant, counts for
nothing. Say where in the tender you found it, why the score is not one level higher, and why it is not one level lower:
the tenderer reads the reason that the panel agrees, and a court may read yours.

Talk to nobody about a tender before moderation. If an answer cannot be understood, ask the chair from its page."""
_BETWEEN = timedelta(seconds=10)
"""From one answer to the next."""


@dataclass(frozen=True)
class Panel:
    """A tender whose bids are opened, the case it follows, its people, and the lots bid for (all, when empty)."""

    tender: TenderRecord
    case: TenderFile
    people: DemoPeople
    lots: tuple[str, ...] = ()

    def actor(self, member: str) -> Actor:
        """Return a member with the roles they hold by now."""
        return actor_for(self.people.by_member[member])

    def bid(self, name: str) -> str:
        """Return the id that a bid of the case has here."""
        return bid_id(self.tender, name)

    @property
    def bids(self) -> frozenset[str]:
        """Name the bids of the case that were opened here."""
        known = {each.id for each in self.case.bids if not self.lots or each.lot in self.lots}
        return frozenset(name for name in known if db.session.get(OpenedBidRecord, self.bid(name)) is not None)

    @property
    def sheets(self) -> tuple[ScoreSheet, ...]:
        """Return the sheets of the case about those bids."""
        return tuple(each for each in self.case.score_sheets if each.bid in self.bids)

    @property
    def agreed(self) -> tuple[AgreedScore, ...]:
        """Return the agreed scores of the case about those bids."""
        return tuple(each for each in self.case.agreed_scores if each.bid in self.bids)

    @property
    def evaluators(self) -> tuple[str, ...]:
        """Name those who score."""
        return tuple(each.id for each in self.case.panel if "evaluator" in each.roles)


def done(service: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a service and commit what it did; others may be writing at the same time."""
    begin_writing()
    found = service(*args, **options)
    db.session.commit()
    return found


def declare(panel: Panel, members: Iterable[str]) -> None:
    """Let people declare as the case says; about whom it says nothing they have no interest."""
    told = {(each.member, each.organisation): each for each in panel.case.declarations}
    names = [each.id for each in reads.organisations_in(file_with_bids(panel.tender))]
    for minute, member in enumerate(members):
        said = {}
        for name in names:
            known = told.get((member, name))
            said[name] = Said(known.interest, known.detail) if known else Said("none")
        when = DECLARED + timedelta(minutes=minute)
        done(interests.declare, panel.tender, said, actor=panel.actor(member), at=when)


def settle(panel: Panel) -> None:
    """Let the officer decide what follows from each interest that somebody may have, as the case says."""
    register = reads.register_of(panel.tender)
    for entry in register.waiting:
        told = next(
            each for each in panel.case.declarations
            if panel.people.by_member[each.member].id == entry.person.id and each.organisation == entry.row.organisation
        )  # fmt: skip
        action = "recused" if told.interest == "conflicted" else "mitigated"
        when = entry.row.declared_at + timedelta(hours=2)
        officer = panel.actor("officer")
        done(interests.decide, panel.tender, entry.row.id, action, reason=told.action, actor=officer, at=when)


def score(panel: Panel, sheets: Iterable[ScoreSheet], *, submit: bool = True) -> None:
    """Let evaluators write the sheets of the case, and submit them."""
    for sheet in sorted(sheets, key=lambda each: each.submitted_at):
        _write(panel, sheet)
        if submit:
            _submit(panel, sheet)


def _write(panel: Panel, sheet: ScoreSheet) -> None:
    """Lay the answers of a sheet down as its author's drafts: saving each by itself would take minutes."""
    begun = sheet.submitted_at - _BETWEEN * (len(sheet.scores) + 1)
    db.session.add_all(
        ScoreDraftRecord(
            tender_id=panel.tender.id, user_id=panel.people.by_member[sheet.evaluator].id, bid_id=panel.bid(sheet.bid),
            criterion=given.criterion, content=to_text(given), begun_at=begun, changed_at=begun + _BETWEEN * place,
        )
        for place, given in enumerate(sheet.scores)
    )  # fmt: skip
    db.session.commit()


def _submit(panel: Panel, sheet: ScoreSheet) -> None:
    actor, bid = panel.actor(sheet.evaluator), panel.bid(sheet.bid)
    desk = desk_of(panel.tender, actor, access_of(panel.tender, actor))
    shown = {bid: scoring.shown_digest(desk, bid)}
    done(scoring.submit, panel.tender, shown, confirmed=True, actor=actor, at=sheet.submitted_at)


def begin(panel: Panel, at: datetime = BEGUN) -> None:
    """Let the officer write the panel's note, everybody read it, and the panel begin."""
    officer = panel.actor("officer")
    done(preparing.write_note, panel.tender, NOTE, actor=officer, at=at - timedelta(hours=1))
    done(beginning.begin, panel.tender, actor=officer, at=at)
    for minute, member in enumerate(panel.evaluators, 1):
        when = at + timedelta(minutes=minute)
        done(preparing.read_note, panel.tender, 1, actor=panel.actor(member), at=when)


def moderate(panel: Panel, agreed: Iterable[AgreedScore], *, signed: bool = True) -> None:
    """Let the chair put the agreed scores of the case to signature, and everybody who is present sign them."""
    chair = panel.actor("chair")
    board = {(card.bid.id, card.row.criterion): card for card in reads_cards(panel)}
    last = MODERATED
    for minute, each in enumerate(agreed):
        card = board[panel.bid(each.bid), each.criterion]
        last = MODERATED + timedelta(minutes=3 * minute)
        texts = _card_texts(panel, each, card)
        shown = marks_of({}, tuple(texts))
        done(
            agreeing.put_to_signature, panel.tender, card.row.id, texts, shown, confirmed=True, actor=chair, at=last
        )  # fmt: skip
    if signed:
        _sign(panel, last + timedelta(hours=1))


def lock(panel: Panel, at: datetime = LOCKED) -> None:
    """Let the chair lock quality."""
    done(locking.lock, panel.tender, actor=panel.actor("chair"), at=at)


def reads_cards(panel: Panel) -> Sequence[moderation.Card]:
    """Return every card of a tender, whoever may read it."""
    return moderation.board_of(panel.tender, lambda _: True).cards


def _card_texts(panel: Panel, agreed: AgreedScore, card: moderation.Card) -> dict[str, str]:
    """Write an agreed score of the case as the fields of its card."""
    present = sorted({int(name.removeprefix("person-")) for name, _ in card.item.given} | {_number(panel, "chair")})
    texts = {
        "points": str(agreed.points), "reason": agreed.reason, "evidence": write_evidence(agreed.evidence),
        "why_not_higher": agreed.why_not_higher, "why_not_lower": agreed.why_not_lower, "dissent": agreed.dissent,
        "present": " ".join(map(str, present)),
    }  # fmt: skip
    for change in agreed.changes:
        name = member_id(_number(panel, change.evaluator))
        texts |= {f"cause-{name}": change.cause, f"said-{name}": change.explanation}
    return texts


def _number(panel: Panel, member: str) -> int:
    return panel.people.by_member[member].id


def _sign(panel: Panel, at: datetime) -> None:
    """Let each of those present sign everything that waits for them, in one act each."""
    for minute, member in enumerate(panel.evaluators):
        mine = _number(panel, member)
        waiting = [card.last.row.id for card in reads_cards(panel) if card.last and card.waits_for(mine)]
        if waiting:
            when = at + timedelta(minutes=5 * minute)
            done(agreeing.sign, panel.tender, waiting, actor=panel.actor(member), at=when)
