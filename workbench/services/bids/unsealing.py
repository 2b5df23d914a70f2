"""What becomes of each sealed bid once its keys are there; a bad one is named and holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal

from exports import submission as codec
from exports.codec.strict_json import shown
from lots.submission import LateArrival, PriceEnvelope, Submission
from lots.words import counted
from workbench.models.bids import OpenedBidRecord
from workbench.queries.bids.openings import Act, Case, acts_of, last_change, rules_digests
from workbench.sealing import receipt as receipts
from workbench.sealing.envelope import OpenFault, Place, check_together, open_envelope
from workbench.store import StoreError

State = Literal["opened", "failed", "withdrawn", "lapsed", "late"]
PRICE_FAULT: Final = "Price envelope: "
_MOST_NAMED: Final = 20  # missing files of one bid that its fault names
_NAMES: Final = {"bid": "The envelope of the bid", "price": "The envelope of the price", "late": "The note of a bid"}


@dataclass(frozen=True)
class Keys:
    """What opens the envelopes: secrets by the envelope's digest; why there is none for others."""

    secrets: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What became of one bid."""

    act: Act
    state: State
    submission: Submission | None = None
    price: PriceEnvelope | None = None
    late: LateArrival | None = None
    fault: str = ""

    @property
    def id(self) -> str:
        """Name the bid; a late arrival, which may be of a bid that came in time as well, has an id of its own."""
        return self.act.row.id if self.state == "late" else self.act.row.bid_id

    @property
    def lot(self) -> str:
        """Return the lot, as far as it is known."""
        found = self.submission or self.late
        return found.binding.lot if found else ""

    @property
    def tenderer(self) -> str:
        """Return the name of whoever leads the bid, as far as it is known."""
        if self.late:
            return self.late.tenderer
        return tenderer_of(self.submission) if self.submission else ""


def tenderer_of(submission: Submission) -> str:
    """Name the organisation that leads a bid."""
    lead = next((each.organisation for each in submission.parties if each.role == "lead"), "")
    return next((each.name for each in submission.organisations if each.id == lead), lead)


@dataclass(frozen=True)
class _Desk:
    """What every bid is held against."""

    case: Case
    keys: Keys
    changed: int
    rules: Mapping[int, str]
    has: Callable[[str], bool]


def unsealed(case: Case, keys: Keys, has: Callable[[str], bool]) -> tuple[Result, ...]:
    """Open every bid of a tender with the keys there are; ``has`` says whether a sealed file is in the store."""
    acts = acts_of(case.tender.id, contents=True)
    rules = rules_digests(case.tender.id, (act.row.rule_set for act in acts))
    desk = _Desk(case, keys, last_change(case.tender.id), rules, has)
    return tuple(_result(desk, act) for act in acts)


def priced(case: Case, keys: Keys, submissions: Mapping[str, Submission]) -> dict[str, PriceEnvelope | str]:
    """Open the price envelopes of opened bids; a text says why one does not open."""
    desk = _Desk(case, keys, 0, {}, lambda _: True)
    found: dict[str, PriceEnvelope | str] = {}
    for act in acts_of(case.tender.id, contents=True):
        submission = submissions.get(act.row.bid_id)
        if submission is not None and act.row.act == "submitted":
            try:
                found[act.row.bid_id] = _price(desk, act, submission)
            except OpenFault as fault:
                found[act.row.bid_id] = str(fault)
    return found


def _result(desk: _Desk, act: Act) -> Result:
    if act.row.act == "withdrawn":
        return Result(act, "withdrawn")
    if act.row.act == "late":
        return _late(desk, act)
    if act.row.rule_set < desk.changed:
        return _lapsed(desk, act)
    try:
        _check_rules(desk, act)
        submission = _bid(desk, act)
        price = None if desk.case.stand.price_apart else _price(desk, act, submission)
    except OpenFault as fault:
        return Result(act, "failed", fault=str(fault))
    return Result(act, "opened", submission, price, fault=" ".join(_files_missing(desk, submission)))


def _late(desk: _Desk, act: Act) -> Result:
    try:
        found = _opened(desk, act, "late")
    except OpenFault as fault:
        return Result(act, "late", fault=str(fault))
    return Result(act, "late", late=found if isinstance(found, LateArrival) else None)


def _lapsed(desk: _Desk, act: Act) -> Result:
    """Read of a lapsed bid only who sent it."""
    why = (
        f"It was confirmed under rules {act.row.rule_set}, and never under rules {desk.changed}, which came by a "
        "notice of change"
    )
    try:
        return Result(act, "lapsed", _bid(desk, act), fault=why)
    except OpenFault as fault:
        return Result(act, "lapsed", fault=f"{why}. {fault}")


def _bid(desk: _Desk, act: Act) -> Submission:
    found = _opened(desk, act, "bid")
    if not isinstance(found, Submission):  # never: the envelope's kind says what it holds
        raise OpenFault("unreadable", "The envelope holds something else than a bid")
    return found


def _price(desk: _Desk, act: Act, submission: Submission) -> PriceEnvelope:
    found = _opened(desk, act, "price")
    if not isinstance(found, PriceEnvelope):  # never
        raise OpenFault("unreadable", "The envelope holds something else than a price")
    check_together(submission, found)
    return found


def _opened(desk: _Desk, act: Act, kind: str) -> Submission | PriceEnvelope | LateArrival:
    envelope = act.envelopes.get(kind)
    if envelope is None:
        raise OpenFault("missing", f"{_NAMES[kind]} is not in the database: its row was removed by other means")
    if envelope.sha256 != _received(act).get(kind):
        raise OpenFault("other_envelope", f"{_NAMES[kind]} is not the one that the receipt of this bid names")
    digest = sha256(envelope.content).hexdigest()
    place = _place(desk, act, envelope.sha256)
    if digest == envelope.sha256 and envelope.sha256 not in desk.keys.secrets:
        why = desk.keys.missing.get(envelope.sha256, "There is no key for it")
        raise OpenFault("no_key", f"{_NAMES[kind]}: {why[0].lower()}{why[1:]}")
    return open_envelope(kind, envelope.content, desk.keys.secrets.get(envelope.sha256, ""), place)


def _received(act: Act) -> dict[str, str]:
    """Return the digests of the envelopes as the receipt names them."""
    try:
        facts = receipts.read(act.row.receipt).facts
        return {each["kind"]: each["sha256"] for each in facts["envelopes"]}
    except (receipts.ReceiptError, KeyError, TypeError):
        raise OpenFault("receipt", "The receipt of this bid was changed in the database by other means") from None


def _place(desk: _Desk, act: Act, digest: str) -> Place:
    row, lots = act.row, tuple(lot.id for lot in desk.case.rules.tender.lots)
    return Place(row.tender_id, row.bid_id, row.version, row.rule_set, row.rules_sha256, lots, digest)


def _check_rules(desk: _Desk, act: Act) -> None:
    if desk.rules.get(act.row.rule_set) != act.row.rules_sha256:
        raise OpenFault("unknown_rules", "The bid names rules that were never published for this tender")


def _files_missing(desk: _Desk, submission: Submission) -> Iterator[str]:
    gone = [document for document in submission.documents if not _is_there(desk, document.sealed_sha256)]
    for document in gone[:_MOST_NAMED]:
        yield f"The file “{shown(' '.join(document.name.split()))}” is not in the store: put it back from a copy."
    if len(gone) > _MOST_NAMED:
        yield f"And {counted(len(gone) - _MOST_NAMED, 'more file')} of it."


def _is_there(desk: _Desk, digest: str) -> bool:
    """Look a file up; what a tenderer's own device wrote where a digest belongs may be anything."""
    try:
        return desk.has(digest)
    except StoreError:
        return False


# --- rows -----------------------------------------------------------------------------------------------------


def rows_of(results: Iterable[Result]) -> Iterator[OpenedBidRecord]:
    """Turn results into rows; opened bids of a lot get letters, in an order that says nothing about them."""
    found = sorted(results, key=lambda each: sha256(each.id.encode()).digest())
    counts: dict[str, int] = {}
    for each in found:
        letter = ""
        if each.state == "opened":
            letter, counts[each.lot] = letter_of(counts.get(each.lot, 0)), counts.get(each.lot, 0) + 1
        yield _row(each, letter)


def letter_of(place: int) -> str:
    """Return A, B … Z, AA, AB … for a place."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _row(result: Result, letter: str) -> OpenedBidRecord:
    row, kept = result.act.row, result.state == "opened"
    return OpenedBidRecord(
        id=result.id, tender_id=row.tender_id, sealed_bid_id=row.id, lot=result.lot, tenderer=result.tenderer[:300],
        letter=letter, state=result.state, fault=result.fault, received_at=row.last_byte_at,
        submission=codec.write(result.submission).decode() if kept and result.submission else "",
        price=codec.write(result.price).decode() if kept and result.price else "",
    )  # fmt: skip
