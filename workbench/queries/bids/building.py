"""From a draft to what is submitted for one lot: its two envelopes, and the digest that says whether they changed.

Organisations stand on a page of their own and in the split of each lot; they are one by their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from exports.codec import record
from lots.bid import Commitment, Confirmation, OtherCost, Party, Payment, RequirementResponse, Split, UnitPrice
from lots.completeness import Asked, Question
from lots.lot import Lot
from lots.money import ZERO, Money
from lots.organisation import Identifier, Organisation
from lots.split.identifiers import identifier_of
from lots.split.sheet import BidParts, SplitSheet
from lots.split.typed import TypedOrganisation, TypedPayment, TypedSheet, read_sheet
from lots.submission import Answer, Binding, Contact, Declared, Document, PriceEnvelope, Submission
from workbench.queries.bids.drafts import BidDraft

Confirmations = Mapping[str, tuple[Confirmation, date | None]]
"""Organisation (by its id in the bid) to what it said of its figures, and when."""
_REGISTERS = (("company", "GB-COH"), ("charity", "GB-CHC"), ("ppon", "GB-PPON"))


@dataclass(frozen=True)
class Built:
    """What would be submitted for a lot."""

    submission: Submission
    price: PriceEnvelope

    @property
    def digest(self) -> str:
        """Digest the content, whatever version and rules it is submitted under."""
        empty = Binding("", "", "", 0, 0, "")
        told = [record.write(replace(each, binding=empty)) for each in (self.submission, self.price)]
        return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def build(draft: BidDraft, lot: Lot, bid_id: str, version: int, confirmed: Confirmations | None = None) -> Built:
    """Put the two envelopes of a lot together from what the draft holds, complete or not."""
    publication = draft.invitation.publication
    binding = Binding(draft.invitation.tender.id, lot.id, bid_id, version, publication.rule_set, publication.sha256)
    parts = money_of(draft, lot)
    choice = draft.workspace.part("lots").content or {}
    organisations, parties = _who(draft, parts, confirmed or {})
    submission = Submission(
        binding=binding,
        organisations=organisations,
        parties=parties,
        contacts=tuple(_contacts(draft, {each.id for each in organisations})),
        answers=tuple(_answers(draft, lot)),
        responses=tuple(_responses(draft, lot)),
        commitments=tuple(_commitments(draft, lot)),
        documents=tuple(_documents(draft, lot)),
        declarations=tuple(_declared(draft)),
        lots_preferred=tuple(choice.get("preferred", ())),
        lots_at_most=choice.get("at_most"),
    )
    prices, split = (parts.prices, parts.split) if parts else ((), None)
    unit, other = _costs(draft, lot)
    return Built(submission, PriceEnvelope(binding, prices, split, unit, other))


def asked_of(draft: BidDraft, lot: Lot) -> Asked:
    """Say what a lot asks for, as its rules stand."""
    method = draft.invitation.methodology(lot.id)
    if method is None:
        return Asked(draft.file.tender, lot)
    questions = tuple(
        Question(leaf.criterion.id, leaf.criterion.title, leaf.criterion.word_limit) for leaf in method.scored
    )
    basket = tuple((item.id, item.title) for item in method.basket) if method.evaluated_price == "basket" else ()
    return Asked(draft.file.tender, lot, questions, basket, method.over_ceiling)


# --- money --------------------------------------------------------------------------------------------------


def money_of(draft: BidDraft, lot: Lot) -> BidParts | None:
    """Return prices, parties, split and organisations of a lot; None where the price cannot be read yet."""
    content = draft.workspace.part("price", lot.id).content
    sheet = read_sheet(typed_sheet(content, lot.years)).sheet if content else None
    if sheet is None:
        return None
    parts = sheet.to_bid_parts()
    alone = len(parts.parties) == 1 and not (sheet.delivery or sheet.management_fee)
    nothing = (ZERO,) * len(parts.prices)
    found = parts._replace(split=Split(parts.prices, nothing)) if alone else parts
    return _renamed(found, _names(draft, sheet))


def typed_sheet(content: Mapping[str, Any], years: int) -> TypedSheet:
    """Read the texts of a split back from a part's content."""
    told = {name: tuple(content.get(name, ())) for name in ("prices", "delivery", "management_fee")}
    rows = tuple(TypedOrganisation(**_tuples(each)) for each in content.get("organisations", ()))
    payments = tuple(TypedPayment(**_tuples(each)) for each in content.get("payments", ()))
    return TypedSheet(
        years or content.get("years", 1), content.get("unit", "amounts"), **told, organisations=rows, payments=payments
    )


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _names(draft: BidDraft, sheet: SplitSheet) -> dict[str, str]:
    """Map the ids of a sheet to those of the page of organisations: by name, else the one the row began as."""
    known = {_key(each["name"]): each["id"] for each in listed(draft)}
    found: dict[str, str] = {}
    for row in sheet.organisations:
        wanted = known.get(_key(row.name), row.id)
        found[row.id] = wanted if wanted not in found.values() else row.id
    return found


def _renamed(parts: BidParts, names: Mapping[str, str]) -> BidParts:
    payments = tuple(
        Payment(names[each.payer], names[each.payee], each.amounts, each.deductions) for each in parts.split.payments
    )
    return BidParts(
        parts.prices,
        tuple(replace(each, organisation=names[each.organisation]) for each in parts.parties),
        replace(parts.split, payments=payments),
        tuple(replace(each, id=names[each.id]) for each in parts.organisations),
    )


def _costs(draft: BidDraft, lot: Lot) -> tuple[tuple[UnitPrice, ...], tuple[OtherCost, ...]]:
    content = draft.workspace.part("costs", lot.id).content or {}
    unit = tuple(UnitPrice(item, Money.parse(text)) for item, text in content.get("unit", {}).items())
    return unit, tuple(OtherCost(each["title"], Money.parse(each["amount"])) for each in content.get("other", ()))


# --- who ----------------------------------------------------------------------------------------------------


def listed(draft: BidDraft) -> list[dict[str, Any]]:
    """List the organisations of the page of organisations."""
    return list((draft.workspace.part("organisations").content or {}).get("organisations", ()))


def only_in_splits(draft: BidDraft) -> list[dict[str, Any]]:
    """List the organisations that a split names and the page of organisations does not, as that page writes them."""
    known = {_key(each["name"]) for each in listed(draft)}
    found: dict[str, dict[str, Any]] = {}
    for lot in draft.invitation.lots:
        for each in (draft.workspace.part("price", lot.id).content or {}).get("organisations", ()):
            name = _key(each["name"])
            if name and name not in known:
                found[name] = _described(each)
    return list(found.values())


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in ("vcse", "by_and_for", "sme") if row.get(kind)]
    number = identifier_of(row.get("number", ""))
    told = {name: number.id for name, scheme in _REGISTERS if number and number.scheme == scheme}
    return {"name": row["name"], "group": row.get("group", ""), "kinds": kinds, **told}


def _who(
    draft: BidDraft, parts: BidParts | None, confirmed: Confirmations
) -> tuple[tuple[Organisation, ...], tuple[Party, ...]]:
    """Join what the split and the page of organisations say of each that takes part in the lot."""
    details = {each["id"]: each for each in listed(draft)}
    if parts is None:
        alone = tuple(_organisation(each, None) for each in details.values())
        return alone, (Party(alone[0].id, "lead"),) if len(alone) == 1 else ()
    found = tuple(_organisation(details.get(each.id), each) for each in parts.organisations)
    return found, tuple(_party(each, confirmed) for each in parts.parties)


def _party(party: Party, confirmed: Confirmations) -> Party:
    state, on = confirmed.get(party.organisation, ("unconfirmed", None))
    return party if party.role == "lead" else replace(party, confirmation=state, confirmed_on=on)


def _organisation(details: Mapping[str, Any] | None, row: Organisation | None) -> Organisation:
    if details is None:
        assert row is not None
        return row
    kinds = set(details.get("kinds", ()))
    own = tuple(Identifier(scheme, details[name]) for name, scheme in _REGISTERS if details.get(name))
    typed = tuple(each for each in row.identifiers if each not in own) if row else ()
    return Organisation(
        id=details["id"],
        name=details["name"],
        identifiers=(*own, *typed),
        group=details.get("group", "") or (row.group if row else ""),
        vcse="vcse" in kinds or bool(row and row.vcse),
        by_and_for="by_and_for" in kinds or bool(row and row.by_and_for),
        sme="sme" in kinds or bool(row and row.sme),
        address=tuple(line.strip() for line in details.get("address", "").split("\n") if line.strip()),
        email=details.get("email", ""),
    )


def _contacts(draft: BidDraft, known: set[str]) -> Iterator[Contact]:
    for each in (draft.workspace.part("people").content or {}).get("people", ()):
        own = each.get("organisation", "")
        yield Contact(**{**each, "organisation": own if own in known else ""})


# --- words --------------------------------------------------------------------------------------------------


def _answers(draft: BidDraft, lot: Lot) -> Iterator[Answer]:
    method = draft.invitation.methodology(lot.id)
    given = (draft.workspace.part("answers", lot.id).content or {}).get("answers", {})
    for leaf in method.scored if method else ():
        if text := given.get(leaf.criterion.id, ""):
            yield Answer(leaf.criterion.id, text)


def _responses(draft: BidDraft, lot: Lot) -> Iterator[RequirementResponse]:
    given = (draft.workspace.part("requirements", lot.id).content or {}).get("responses", {})
    for requirement in lot.requirements:
        said = given.get(requirement.id, {})
        if said.get("met"):
            yield RequirementResponse(requirement.id, said["met"] == "yes", said.get("note", ""))


def _commitments(draft: BidDraft, lot: Lot) -> Iterator[Commitment]:
    given = (draft.workspace.part("social_value", lot.id).content or {}).get("promises", {})
    for measure in draft.file.tender.social_value:
        said = given.get(measure.id, {})
        if measure.asked_in(lot.id) and said.get("amount"):
            amount, evidence = Decimal(said["amount"]), said.get("evidence", "")
            yield Commitment(measure.outcome, measure.metric, measure.unit, amount, evidence)


def _documents(draft: BidDraft, lot: Lot) -> Iterator[Document]:
    asked = {each.id for each in draft.file.tender.documents if each.asked_in(lot.id)}
    for file in draft.workspace.files_for(lot.id):
        if not file.required or file.required in asked:
            yield Document(
                file.id, file.name, file.media_type, file.size, file.sha256, file.sealed_sha256, file.key,
                file.required, file.criterion,
            )  # fmt: skip


def _declared(draft: BidDraft) -> Iterator[Declared]:
    made = (draft.workspace.part("declarations").content or {}).get("declared", {})
    for id, said in made.items():
        yield Declared(id, said["said"] == "yes", said.get("note", ""))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
