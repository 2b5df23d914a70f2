"""How far a bid is: its pages as tasks with their states, and what each lot still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lots.completeness import completeness
from lots.errors import Finding
from lots.lot import Lot
from lots.money import Money, total
from workbench.queries.bids.building import Built, asked_of, build, only_in_splits
from workbench.queries.bids.drafts import BidDraft
from workbench.queries.bids.partners import Partner, confirmations, partners_of
from workbench.workspace import LotBid

Standing = Literal["done", "not started", "to mend", "incomplete", "optional"]


@dataclass(frozen=True)
class BidTask:
    """One line of the task list; ``name`` is the part or page it leads to."""

    name: str
    title: str
    words: str
    state: Standing
    lot: str = ""


@dataclass(frozen=True)
class LotProgress:
    """One lot of a bid: its tasks, what it lacks, and what was last submitted."""

    lot: Lot
    tasks: tuple[BidTask, ...]
    built: Built
    findings: tuple[Finding, ...]
    partners: tuple[Partner, ...]
    bid: LotBid | None
    rules_needed: int

    @property
    def total(self) -> Money:
        """Return the price over the term."""
        return total(self.built.price.prices)

    @property
    def differs(self) -> bool:
        """Say whether the draft differs from what was submitted last."""
        return bool(self.bid and self.bid.stands and self.bid.digest != self.built.digest)

    @property
    def must_confirm(self) -> bool:
        """Say whether the bid that is in was made under rules that have changed since."""
        return bool(self.bid and self.bid.stands and self.bid.rule_set < self.rules_needed)


def common_tasks(draft: BidDraft) -> tuple[BidTask, ...]:
    """List what is filled in once for every lot."""
    return tuple(_common(draft))


def _common(draft: BidDraft) -> Iterator[BidTask]:
    if len(draft.invitation.lots) > 1:
        words = "Which lots you bid for" + (", and which you want most" if draft.file.lot_limit else "")
        yield BidTask("lots", "Lots", words, _plain(draft, "lots"))
    words = "Who leads and who takes part, with company, charity or supplier numbers"
    state = _plain(draft, "organisations")
    new = state == "done" and bool(only_in_splits(draft))
    yield BidTask("organisations", "Organisations", words, "incomplete" if new else state)
    yield BidTask("people", "People", "Whom to ask about the bid, and who does what", _plain(draft, "people"))
    words = "Conflicts, exclusion, accuracy and the rest, once for the whole bid"
    yield BidTask("declarations", "Declarations", words, _declarations(draft))
    yield _documents(draft)


def _documents(draft: BidDraft) -> BidTask:
    """Say how many documents were sent and how many of those that must be there are missing."""
    sent = {each.required for each in draft.workspace.files}
    chosen = [lot.id for lot in draft.concerned]
    asked = [each for each in draft.file.tender.documents if any(each.asked_in(lot) for lot in chosen)]
    missing = [each for each in asked if each.mandatory and each.id not in sent]
    words = f"{len(draft.workspace.files)} sent" + (f", {len(missing)} still asked for" if missing else "")
    state: Standing = "optional" if not asked else "not started"
    if draft.workspace.files:
        state = "incomplete" if missing else "done"
    return BidTask("documents", "Documents", words, state)


def _plain(draft: BidDraft, name: str, lot: str = "") -> Standing:
    piece = draft.workspace.part(name, lot)
    if piece.unfinished:
        return "to mend"
    return "done" if piece.content else "not started"


def _declarations(draft: BidDraft) -> Standing:
    content = draft.workspace.part("declarations").content or {}
    state = _plain(draft, "declarations")
    return "incomplete" if state == "done" and not content.get("confirmed") else state


def progress_of(draft: BidDraft, lot: Lot, at: datetime) -> LotProgress:
    """Say how far the bid for a lot is."""
    bid = draft.workspace.bids.get(lot.id)
    version = bid.version + 1 if bid else 1
    built = build(draft, lot, bid.id if bid else "", version, confirmations(draft, lot))
    findings = completeness(built.submission, built.price, asked_of(draft, lot), at=at)
    tasks = tuple(_lot_tasks(draft, lot, findings))
    partners = partners_of(draft, lot)
    return LotProgress(lot, tasks, built, findings, partners, bid, draft.invitation.rules_needed)


def _lot_tasks(draft: BidDraft, lot: Lot, findings: tuple[Finding, ...]) -> Iterator[BidTask]:
    def task(name: str, title: str, words: str) -> BidTask:
        state = _plain(draft, name, lot.id)
        if state == "done" and any(each.place == name and each.severity != "note" for each in findings):
            state = "incomplete"
        return BidTask(name, title, words, state, lot.id)

    method = draft.invitation.methodology(lot.id)
    yield task("price", "Price and split", "The price of each year, and how the money is shared")
    if partners := partners_of(draft, lot):
        yield _partners(partners, lot)
    if method is not None and method.evaluated_price in ("basket", "life_cycle"):
        yield task("costs", "Unit prices and other costs", "What the published method prices beside the total")
    if method is not None and method.scored:
        yield task("answers", "Answers", f"{len(method.scored)} scored questions")
    if lot.requirements:
        yield task("requirements", "Requirements", "What a bid passes or fails on")
    if any(each.asked_in(lot.id) for each in draft.file.tender.social_value):
        yield task("social_value", "Social value", "What you promise, in numbers")


def _partners(partners: tuple[Partner, ...], lot: Lot) -> BidTask:
    confirmed = sum(each.state == "confirmed" for each in partners)
    words = f"{confirmed} of {len(partners)} confirmed" + (", one disputes" if any(
        each.state == "disputed" for each in partners
    ) else "")  # fmt: skip
    asked = any(each.state not in ("not asked", "withdrawn") for each in partners)
    state: Standing = "done" if confirmed == len(partners) else "incomplete" if asked else "not started"
    return BidTask("partners", "Partners confirm", words, state, lot.id)
