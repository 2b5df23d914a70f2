"""Opening bids: one custodian takes their layer off, another does the rest, and every bid is there by name.

Both steps are one call, :func:`take_part`, inside a unit of work that holds the tender's row: of two who act at the
same moment one comes first, and the other is told. Whatever is refused changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from exports import submission as codec
from lots.errors import Finding
from lots.submission import PriceEnvelope
from lots.words import counted
from workbench import audit, policies
from workbench.db import db
from workbench.models.bids import EnvelopeRecord, OpenedBidRecord, OpeningRecord
from workbench.models.tenders import TenderRecord
from workbench.opening_rules import Hand, Kind, OpeningError, refusal, set_aside, waits_for
from workbench.policies import Actor, Permission
from workbench.queries.bids.comparing import compared
from workbench.queries.bids.opened import read_submission
from workbench.queries.bids.openings import Case, case_of, openings_of
from workbench.sealing.age import SealError, recipient_of
from workbench.sealing.custody import SERVER, peel
from workbench.sealing.opening_files import (
    LayersFile,
    OpeningFile,
    OpeningFileError,
    Wraps,
    peel_file,
    read_layers,
)
from workbench.services.bids.unsealing import PRICE_FAULT, Keys, Result, priced, rows_of, unsealed
from workbench.services.publishing import held_publication

Step = int
_NO_KEY = "The key for it did not come out: its wraps were changed, or the first layer was not taken off rightly"


@dataclass(frozen=True)
class Offer:
    """What an opener brings: a secret key, or the file that was made with it; nothing where the server holds the key.

    ``despite`` opens the rest although the keys of some envelopes did not come out; those fail by name.
    """

    secret: str = field(default="", repr=False)
    file: bytes = field(default=b"", repr=False)
    despite: bool = False


class SomeKeysMissing(OpeningError):  # noqa: N818 - it names a state, not a slip
    """A second step in which some keys did not come out; nothing was opened, so that two others may still try."""


def take_part(
    tender: TenderRecord,
    kind: Kind,
    step: Step,
    offer: Offer,
    *,
    actor: Actor,
    at: datetime,
    has: Callable[[str], bool],
) -> OpeningRecord:
    """Do the first or the second custodian's part; ``step`` is the one that the page showed.

    ``has`` says whether a sealed file is in the store.
    """
    case = _held(tender, kind, actor)
    if why := waits_for(case.stand, kind, at):
        raise OpeningError(why)
    _check_step(case, step)
    layers = _layers(case, step, offer)
    hand = Hand(actor.user_id, layers.key if layers else None, actor.name)
    if why := refusal(case.stand, kind, hand, at):
        raise OpeningError(why)
    if layers is not None:
        _check_whole(case, step, layers, offer)
    if step == 1:
        return _begin(case, layers, actor, at)
    return _finish(case, _keys(case, layers, offer), layers.key if layers else 0, actor, at, has)


def abandon(tender: TenderRecord, kind: Kind, *, reason: str, actor: Actor, at: datetime) -> None:
    """Set the first opener's part aside, so that any two may begin anew."""
    case = _held(tender, kind, actor)
    set_aside(case.stand, kind)
    row = case.begun
    if row is None:  # never: the stand has just said that there is one
        raise OpeningError("Nobody has taken a layer off yet: there is nothing to set aside")
    db.session.delete(row)
    _record("opening_set_aside", tender, actor, at, {"kind": kind, "first": row.first_name, "reason": reason})


def opening_file(case: Case) -> OpeningFile:
    """Write down what the next custodian takes away to open with their own key."""
    step, layers = (1, {}) if case.begun is None else (2, case.layers)
    shut = case.shut if step == 1 else ()
    wraps = [Wraps(each.sha256, json.loads(each.wraps)) for each in shut]
    wraps += [Wraps(each.sha256, layers.get(each.sha256, {})) for each in case.shut if step == 2]
    recipients = tuple(each.recipient for each in case.sealing.custodians)
    return OpeningFile(case.tender.id, case.kind, case.root, 1 if step == 1 else 2, recipients, tuple(wraps))


def _held(tender: TenderRecord, kind: Kind, actor: Actor) -> Case:
    held_publication(tender)
    policies.check(actor, Permission.BIDS_OPEN, tender)
    case = case_of(tender, kind)
    if case is None:
        raise OpeningError("Bids for this tender are not received here, so there is nothing to open")
    return case


def _check_step(case: Case, step: Step) -> None:
    """Tell an opener whom somebody overtook."""
    if step == 1 and case.begun is not None:
        raise OpeningError(
            f"{case.begun.first_name} took the first layer off a moment before you, so nothing was done for you: "
            "read the page again, then do the second part, if your key is another one"
        )
    if step == 2 and case.begun is None:
        raise OpeningError("The first part was set aside or undone meanwhile: read the page again and begin anew")


# --- keys -----------------------------------------------------------------------------------------------------


def _layers(case: Case, step: Step, offer: Offer) -> LayersFile | None:
    """Turn what an opener brought into layers or secrets; None where the server holds the key."""
    if case.sealing.custody == SERVER:
        return None
    try:
        if offer.file:
            return _checked(case, step, read_layers(offer.file))
        if not offer.secret.strip():
            raise OpeningError("Give your key, or the file that was made with it: nothing was opened")
        return _checked(case, step, peel_file(opening_file(case), offer.secret))
    except OpeningFileError as error:
        raise OpeningError(f"{error}. Nothing was changed") from None


def _checked(case: Case, step: Step, layers: LayersFile) -> LayersFile:
    """Refuse a file of another tender, another closing or another step."""
    for wrong, why in (
        (layers.tender != case.tender.id, "This file is of another tender"),
        (layers.kind != case.kind, "This file is for other envelopes of this tender"),
        (layers.closing != case.root, "This file was made for another closing: the deadline was moved since"),
        (layers.step != step, f"This file is of step {layers.step}, and step {step} is due"),
        (layers.key >= len(case.sealing.custodians), "This file names a key that this tender does not have"),
    ):
        if wrong:
            raise OpeningError(f"{why}: take the opening file from this page anew. Nothing was changed")
    return layers


def _check_whole(case: Case, step: Step, layers: LayersFile, offer: Offer) -> None:
    """Refuse half a file, one with other envelopes, and a key that opens nothing, unless every envelope is bad."""
    wanted = {each.sha256 for each in case.shut}
    told = [*(each.envelope for each in layers.layers), *layers.failed]
    if set(told) != wanted or len(told) != len(wanted):
        raise OpeningError(
            f"This file holds {counted(len(set(told) & wanted), 'envelope')} of {len(wanted)}: part of it is missing, "
            "or it holds others. Make it anew. Nothing was changed"
        )
    others = {str(at) for at in range(len(case.sealing.custodians))} - {str(layers.key)}
    if any(set(each.to) != others if step == 1 else not each.secret for each in layers.layers):
        raise OpeningError("Part of what belongs in this file is missing: make it anew. Nothing was changed")
    if wanted and not layers.layers:
        _check_key_given(case, offer)


def _check_key_given(case: Case, offer: Offer) -> None:
    """Where nothing opens, go on only if asked to, and with the key itself, which was found among the published."""
    if not offer.secret.strip():
        raise OpeningError(
            "This key opens none of the envelopes: it is another one, or every envelope was sealed wrongly. Give the "
            "key itself on this page to find out which. Nothing was changed"
        )
    if not offer.despite:
        raise SomeKeysMissing(
            "This key is one of the custodians' and opens none of the envelopes, so nothing was changed. Let two other "
            "custodians try; if no two can, go on without the envelopes, and every one is recorded as not opened",
            _no_keys(case, case.shut),
        )


def _keys(case: Case, layers: LayersFile | None, offer: Offer) -> Keys:
    """Gather the secrets after the second step; where some did not come out, ask before going on without them."""
    secrets = _by_server(case, offer.secret) if layers is None else {it.envelope: it.secret for it in layers.layers}
    missing = [each for each in case.shut if each.sha256 not in secrets]
    if missing and not offer.despite:
        raise SomeKeysMissing(
            f"The keys of {counted(len(missing), 'envelope')} did not come out, so nothing was opened yet. Set the "
            "first part aside and let two other custodians try; or open the rest, and these are recorded as not opened",
            _no_keys(case, missing),
        )
    return Keys(secrets, {each.sha256: _NO_KEY for each in missing})


def _no_keys(case: Case, missing: Sequence[EnvelopeRecord]) -> list[Finding]:
    bids = sorted({act.row.bid_id for act in case.acts for it in act.envelopes.values() if it in missing})
    return [Finding("no_key", f"{_NO_KEY}: bid {bid}", f"bid {bid}", "warning") for bid in bids]


def _by_server(case: Case, secret: str) -> dict[str, str]:
    """Open the wraps with the key that the server holds."""
    try:
        matches = recipient_of(secret) == case.sealing.server_recipient
    except SealError:
        matches = False
    if not matches:
        raise OpeningError(
            "The key that the server should hold for this tender is not in its data folder, or it is another one: put "
            "it back from a copy. Nothing was changed"
        )
    found: dict[str, str] = {}
    for each in case.shut:
        try:
            found[each.sha256] = peel(json.loads(each.wraps)[SERVER], secret)
        except (SealError, KeyError, ValueError):
            continue
    return found


# --- the two steps --------------------------------------------------------------------------------------------


def _begin(case: Case, layers: LayersFile | None, actor: Actor, at: datetime) -> OpeningRecord:
    stale = openings_of(case.tender.id).get(case.kind)
    if stale is not None:
        db.session.delete(stale)  # of a closing that a later deadline undid
        db.session.flush()
    kept = {each.envelope: dict(each.to) for each in layers.layers} if layers else {}
    row = OpeningRecord(
        tender_id=case.tender.id, kind=case.kind, first_by=actor.user_id, first_name=actor.name,
        first_key=layers.key if layers else 0, first_at=at, layers=json.dumps({"closing": case.root, "layers": kept}),
    )  # fmt: skip
    db.session.add(row)
    told = {"kind": case.kind, "key": _key_words(case, row.first_key), "closing": case.root}
    _record("opening_begun", case.tender, actor, at, told)
    return row


def _finish(case: Case, keys: Keys, key: int, actor: Actor, at: datetime, has: Callable[[str], bool]) -> OpeningRecord:
    row = case.begun
    if row is None:  # never: the step was checked
        raise OpeningError("The first part was set aside meanwhile: begin anew")
    row.second_by, row.second_name, row.second_key, row.opened_at = actor.user_id, actor.name, key, at
    found, wrong = compared(case)
    row.layers = json.dumps({"closing": case.root, "layers": {}, "found": found, "wrong": list(wrong)})
    said = _open_prices(case, keys, row) if case.kind == "price" else _open_bids(case, keys, row, has)
    told = {
        "kind": case.kind, "first": row.first_name, "first_key": _key_words(case, row.first_key),
        "second": actor.name, "second_key": _key_words(case, key), "opened": row.opened, "failed": row.failed,
        "closing": {"root": case.root, "size": case.closing.size if case.closing else 0, "found": found},
        "mismatch": list(wrong), "bids": said,
    }  # fmt: skip
    _record({"bid": "bids_opened", "price": "prices_opened"}[case.kind], case.tender, actor, at, told)
    return row


def _open_bids(case: Case, keys: Keys, row: OpeningRecord, has: Callable[[str], bool]) -> list[object]:
    results = unsealed(case, keys, has)
    db.session.add_all(rows_of(results))
    row.opened = sum(each.state == "opened" for each in results)
    row.failed = sum(each.state == "failed" for each in results)
    case.tender.stage = "opened"
    return [_said(case, each) for each in sorted(results, key=lambda each: each.id)]


def _said(case: Case, result: Result) -> list[object]:
    """Write a bid into the event: id, state, version, digests of what lay there, and why it was not opened."""
    digests = {kind: each.sha256 for kind, each in sorted(result.act.envelopes.items())}
    return [result.id, result.state, result.act.row.version, digests, result.fault]


def _open_prices(case: Case, keys: Keys, row: OpeningRecord) -> list[object]:
    rows = _opened(case.tender.id)
    found = priced(case, keys, {each.id: read_submission(each) for each in rows})
    for each in rows:
        price = found.get(each.id, "It is not in the database: its row was removed by other means")
        if isinstance(price, PriceEnvelope):
            each.price = codec.write(price).decode()
        else:
            each.fault = "\n".join(filter(None, (each.fault, f"{PRICE_FAULT}{price}")))
    row.opened = sum(bool(each.price) for each in rows)
    row.failed = len(rows) - row.opened
    return [[each.id, "opened" if each.price else "failed"] for each in rows]


def _opened(tender_id: str) -> list[OpenedBidRecord]:
    query = (
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")
        .options(undefer(OpenedBidRecord.submission), undefer(OpenedBidRecord.price))
        .order_by(OpenedBidRecord.id)
    )
    return list(db.session.scalars(query))


def _key_words(case: Case, key: int) -> str:
    """Name a key for the record: its holder's title."""
    custodians = case.sealing.custodians
    return custodians[key].title if case.sealing.custody != SERVER and key < len(custodians) else "the server's key"


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: Mapping[str, object]) -> None:
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    audit.record(action, tender.title, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)
