"""What holds for every lot of a bid: the lots chosen, the organisations with their numbers, people, declarations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self

from wtforms import FieldList, Form, HiddenField

from lots.declarations import StandardDeclaration, declarations_for
from lots.regime import Regime
from workbench.forms.bids.base import BidForm
from workbench.forms.fields import (
    ChoiceField,
    FieldError,
    LongTextField,
    PickField,
    TextField,
    TickField,
    TicksField,
    WholeField,
)
from workbench.forms.questions import EmailField
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.whole import named
from workbench.queries.bids.building import listed, only_in_splits
from workbench.queries.bids.drafts import BidDraft

_TELEPHONE = re.compile(r"[0-9+() -]{5,25}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?", re.ASCII)
YES_NO = (("yes", "We declare this"), ("no", "We cannot, or only with what we say below"))


class LotsForm(BidForm):
    """The lots there will be bids for and, under a limit on lots, which are wanted most."""

    lots = TicksField("Lots to bid for", required="Choose at least one lot")
    preferred = FieldList(PickField("Lot"), max_entries=1000)
    at_most = WholeField("Most lots you can take on", least=1, most=1000)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show the choice; the page adds boxes for an order that is still shorter than the lots."""
        return {**content, "at_most": content.get("at_most")}

    def prepare(self) -> None:
        """Offer the lots; an order of preference only where the tender limits what one tenderer may win."""
        lots = [(lot.id, lot.title) for lot in self.draft.invitation.lots]
        self.lots.offer(lots)
        wanted = len(lots) if self.limited else 0
        while len(self.preferred.entries) < wanted and not self.preferred.raw_data:
            self.preferred.append_entry("")
        for entry in self.preferred.entries:
            entry.offer([("", "No preference"), *lots])

    @property
    def limited(self) -> bool:
        """Say whether the tender limits what one tenderer may win."""
        return self.draft.file.lot_limit is not None and len(self.draft.invitation.lots) > 1

    def content(self) -> Any:
        """Return the lots in the order published, and the preference without gaps or repetitions."""
        lots = list(self.lots.data or ())
        wanted = [entry.data for entry in self.preferred.entries if entry.data in lots]
        told: dict[str, Any] = {"lots": lots}
        told |= {"preferred": list(dict.fromkeys(wanted))} if wanted else {}
        return told | ({"at_most": self.at_most.data} if self.at_most.data else {})


class RegisterField(TextField):
    """A number of a register, checked for its form; spaces are left out."""

    def __init__(self, label: str, *, pattern: str, like: str, **options: Any) -> None:
        self.pattern, self.like = re.compile(pattern, re.ASCII), like
        super().__init__(label, most=40, **options)

    def read(self, text: str) -> str:
        """Return the number."""
        number = "".join(super().read(text).split()).upper()
        if self.pattern.fullmatch(number) is None:
            raise FieldError(f"“{number[:20]}” has not the form of such a number, which looks like {self.like}")
        return number


class OrganisationRow(Form):
    """One organisation that takes part."""

    id = HiddenField()
    name = TextField("Name", required="Enter the name of the organisation", most=200)
    company = RegisterField("Company number", pattern="[0-9]{8}|[A-Z]{2}[0-9]{6}", like="01234567 or OC301234")
    charity = RegisterField(
        "Charity number", pattern="[0-9]{6,7}(-[0-9]{1,3})?|SC[0-9]{6}|NIC?[0-9]{6}", like="1234567"
    )
    ppon = RegisterField("Supplier number (PPON)", pattern="P[A-Z]{3}-?[0-9]{4}-?[A-Z]{4}", like="PABC-1234-DEFG")
    group = TextField("Group it belongs to", most=120)
    kinds = TicksField(
        "What it is",
        choices=(
            ("vcse", "Voluntary, community or social enterprise"),
            ("by_and_for", "By and for the community it serves"),
            ("sme", "Small or medium-sized enterprise"),
        ),
    )
    address = LongTextField("Address", most=500)
    email = EmailField("E-mail address", most=254)


class OrganisationsForm(BidForm):
    """The organisations that take part, in whatever lot and role."""

    organisations = Rows(OrganisationRow, blank=1, most=60)

    @classmethod
    def open(cls, draft: BidDraft, name: str, lot: str) -> Self:
        """Show what is saved, and those that a split names and nobody has described yet."""
        piece, new = draft.workspace.part(name, lot), only_in_splits(draft)
        if piece.unfinished or not new:
            return super().open(draft, name, lot)
        told = {"organisations": [*listed(draft), *new]}
        return cls(None, version=piece.version or None, data=cls.data_of(told), draft=draft, lot=lot)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show each organisation with what it is as ticks."""
        return {"organisations": [dict(each) for each in content.get("organisations", ())]}

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check the rows, then that no organisation stands there twice."""
        good, seen = super().validate(*args, **options), set[str]()
        for row in self.organisations.filled():
            key = " ".join((row.name.data or "").casefold().split())
            if key and key in seen:
                row.name.errors = [*row.name.errors, "This organisation is named above already: take one of them out"]
                good = False
            seen.add(key)
        return good

    def content(self) -> Any:
        """Return the organisations, each with the id it has or a new one."""
        rows = self.organisations.filled()
        known = listed(self.draft)
        ids = named(((row.id.data or "", row.name.data) for row in rows), (each["id"] for each in known))
        return {"organisations": [{"id": id, **_told(row)} for id, row in zip(ids, rows, strict=True)]}


def _told(row: Any) -> dict[str, Any]:
    texts = {name: row[name].data or "" for name in ("name", "company", "charity", "ppon", "group", "address", "email")}
    return {name: text for name, text in texts.items() if text} | ({"kinds": row.kinds.data} if row.kinds.data else {})


class TelephoneField(TextField):
    """A telephone number, as far as its form tells."""

    def read(self, text: str) -> str:
        """Return the number."""
        number = super().read(text)
        if _TELEPHONE.fullmatch(number) is None:
            raise FieldError("Write the number in digits, like 0117 496 0000")
        return number


class PersonRow(Form):
    """Somebody who answers for the bid."""

    name = TextField("Name", required="Enter the name", most=120)
    organisation = PickField("Organisation")
    role = TextField("Role in this bid", most=200)
    email = EmailField("E-mail address", most=254)
    telephone = TelephoneField("Telephone", most=40)


class PeopleForm(BidForm):
    """The people who answer for the bid."""

    people = Rows(PersonRow, blank=1, most=60)

    def prepare(self) -> None:
        """Offer the organisations of the bid, and one that was chosen and is gone."""
        known = [(each["id"], each["name"]) for each in listed(self.draft)]
        for row in self.people.entries:
            own = row.form.organisation.data
            gone = [(own, f"{own} (not there any more)")] if own and own not in dict(known) else []
            row.form.organisation.offer([("", "Choose an organisation"), *known, *gone])

    def content(self) -> Any:
        """Return the people."""
        names = ("name", "organisation", "role", "email", "telephone")
        rows = self.people.filled()
        return {"people": [{name: row[name].data for name in names if row[name].data} for row in rows]}


class DeclarationsForm(BidForm):
    """What is declared with the bid; a class of its own for each regime (:func:`declarations_form`)."""

    asked: tuple[StandardDeclaration, ...] = ()
    confirmed = TickField("I may declare this for every organisation named in the bid")

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Lay the declarations out as fields."""
        made = content.get("declared", {})
        told = {f"said-{id}": each["said"] for id, each in made.items()}
        return told | {f"note-{id}": each.get("note", "") for id, each in made.items()} | {
            "confirmed": content.get("confirmed", False)
        }  # fmt: skip

    def content(self) -> Any:
        """Return what was declared, and who may."""
        declared = {
            each.id: {"said": self[f"said-{each.id}"].data, "note": self[f"note-{each.id}"].data or ""}
            for each in self.asked
            if self[f"said-{each.id}"].data
        }
        return {"declared": declared, "confirmed": bool(self.confirmed.data)}


@lru_cache(maxsize=8)
def declarations_form(regime: Regime) -> type[DeclarationsForm]:
    """Make the form of the declarations of a regime."""
    asked = declarations_for(regime)
    fields: dict[str, Any] = {"asked": asked}
    for each in asked:
        fields[f"said-{each.id}"] = ChoiceField(each.title, choices=YES_NO)
        fields[f"note-{each.id}"] = LongTextField("What has to be said about it", most=5000)
    return type("RegimeDeclarations", (DeclarationsForm,), fields)
