"""The form of a split: prices, organisations and payments in rows of plain boxes, read by :mod:`lots.split.typed`.

Its fields are named like the places of findings (``organisations-3-figures-0``), so that an error leads to its box.
``form.sheet`` is what was typed as a value, ``form.typed_sheet`` the texts. It is a :class:`PageForm`: strict about the
fields that come, and shown again word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar, NamedTuple

from flask import request
from werkzeug.datastructures import MultiDict

from lots.errors import Finding, errors_in
from lots.split.editing import (
    blank_sheet,
    in_unit,
    same_every_year,
    with_payment,
    with_row,
    without_row,
    year_by_year,
)
from lots.split.sheet import SplitSheet
from lots.split.typed import (
    MOST_ORGANISATIONS,
    Reading,
    TypedOrganisation,
    TypedPayment,
    TypedSheet,
    called,
    read_sheet,
    unnamed,
)
from workbench.forms.base import PageForm
from workbench.forms.texts import TextError, clean
from workbench.sending import WRITES

_TEXTS = {"name": 200, "number": 40, "group": 120, "work": 300}
_MOST_FIGURE = 60  # characters of a figure that are looked at
_MOST_ID = 64


class SplitForm(PageForm):
    """What is typed about the split of one lot that runs for so many ``years``.

    Made without a request's form it shows ``typed``, or an empty sheet. ``buttons`` are controls of the page that say
    what to do with it.
    """

    buttons: ClassVar[frozenset[str]] = frozenset({"do"})
    quiet = False
    """Whether nothing is said about what is wrong yet: a page that was just opened, or is still being laid out."""
    edit_url = ""
    """Where the buttons that add and take out send the form, where a page has an address for that."""

    def __init__(
        self, formdata: Any = ..., *, years: int, typed: TypedSheet | None = None, version: int | None = None,
        **values: Any,
    ) -> None:  # fmt: skip
        self.years = years
        self.asked = False
        self._read: Reading | None = None
        source = formdata if formdata is not ... else request.form if request.method in WRITES else None
        found = typed_from(source, years) if source else None
        self.given, self.text_findings = found or (typed or blank_sheet(years), ())
        super().__init__(formdata, version=version, **values)

    @property
    def typed_sheet(self) -> TypedSheet:
        """Return the texts."""
        return self.given

    @property
    def reading(self) -> Reading:
        """Return what came of the texts."""
        if self._read is None:
            found = read_sheet(self.given)
            self._read = Reading(found.sheet, (*self.text_findings, *found.findings))
        return self._read

    @property
    def sheet(self) -> SplitSheet | None:
        """Return what was typed as a value; None where something cannot be read."""
        return None if errors_in(self.reading.findings) else self.reading.sheet

    def show(self, typed: TypedSheet) -> None:
        """Show other texts in place of those that came."""
        self.given, self.text_findings = typed, ()
        self._read = None

    def validate(self, extra_validators: Any = None, *, names_too: bool = False) -> bool:
        """Say whether everything can be read; with ``names_too`` every organisation must have its name."""
        self.asked = True
        fields = bool(super().validate(extra_validators))
        if names_too:
            self.text_findings = (*self.text_findings, *unnamed(self.given))
            self._read = None
        return fields and self.sheet is not None

    @property
    def errors(self) -> dict[str, Sequence[str]]:
        """Return what is wrong by the name of the field."""
        found: dict[str, Sequence[str]] = dict(super().errors)
        for finding in () if self.quiet else errors_in(self.reading.findings):
            found.setdefault(finding.place, [finding.message])
        return found

    @property
    def error_links(self) -> list[dict[str, str]]:
        """List what is wrong for the summary above the form, each with the way to its box."""
        return [{"text": text[0], "href": f"#{name}"} for name, text in self.errors.items()]

    def error_of(self, name: str) -> str:
        """Return what is wrong with one box; empty where nothing is, and on an empty page that nobody had checked."""
        if not self.asked and self.given.is_blank:
            return ""
        return str(next(iter(self.errors.get(name, ())), ""))

    def figures_at(self, place: str) -> tuple[str, ...]:
        """Return the texts of a row of boxes: ``prices``, ``organisations-3-figures``, ``payments-0-kept_back``."""
        row, _, rest = place.partition("-")
        if row in _OWN:
            texts = getattr(self.given, row)
        else:
            at, _, name = rest.partition("-")
            texts = getattr(getattr(self.given, row)[int(at)], name)
        return texts or ("",) * max(1, len(self.given.prices))

    @property
    def payers(self) -> list[tuple[str, str]]:
        """List who may pay somebody: every row, by its name where it has one."""
        rows = enumerate(self.given.organisations)
        return [(each.id, called(each, at)) for at, each in rows]

    def act(self, what: str) -> bool:
        """Do to what was typed what a button of :file:`split_pieces.html` says; False for a button that is not theirs.

        EditRefused where it would lose something.
        """
        edits: dict[str, Callable[[TypedSheet], TypedSheet]] = {
            "add": with_row, "pay": with_payment, "by_year": year_by_year, "same": same_every_year,
            "amounts": partial(in_unit, unit="amounts"), "percentages": partial(in_unit, unit="percentages"),
        }  # fmt: skip
        name, _, at = what.partition(" ")
        if name == "remove":
            self.show(without_row(self.given, _number(at, MOST_ORGANISATIONS)))
        elif name in edits:
            self.show(edits[name](self.given))
        else:
            return False
        return True

    def names(self) -> Iterator[tuple[str, int | None]]:
        """Yield the name of each control that may be sent."""
        yield from super().names()
        yield from ((name, 1) for name in (*self.buttons, *_FIXED))
        columns = len(self.given.prices)
        for name in _OWN:
            yield from ((each, 1) for each in _figure_names(name, columns))
        for at in range(len(self.given.organisations)):
            row = _organisation_names(at, columns)
            yield from ((name, 1) for name in (*row.texts, *row.ticks, *row.figures, *row.kept_back))
        for at in range(len(self.given.payments)):
            paid = _payment_names(at, columns)
            yield from ((name, 1) for name in (paid.payer, paid.payee, *paid.figures, *paid.kept_back))

    def fields(self) -> dict[str, str]:
        """Return what a page would send of these texts, by field name: what :meth:`from_typed` reads."""
        return fields_of(self.given)

    @classmethod
    def from_fields(cls, fields: Mapping[str, str], **options: Any) -> SplitForm:
        """Make the form from fields that were kept."""
        return cls(MultiDict(fields), **options)


_OWN = ("prices", "delivery", "management_fee")
_FIXED = ("unit", "columns", "rows", "further")


class _OrganisationNames(NamedTuple):
    texts: tuple[str, ...]
    ticks: tuple[str, ...]
    figures: tuple[str, ...]
    kept_back: tuple[str, ...]


class _PaymentNames(NamedTuple):
    payer: str
    payee: str
    figures: tuple[str, ...]
    kept_back: tuple[str, ...]


@lru_cache(maxsize=256)
def _figure_names(row: str, columns: int) -> tuple[str, ...]:
    return tuple(f"{row}-{year}" for year in range(columns))


@lru_cache(maxsize=1024)
def _organisation_names(at: int, columns: int) -> _OrganisationNames:
    row = f"organisations-{at}"
    texts = tuple(f"{row}-{name}" for name in ("id", "name", "number", "role", "paid_by", "group", "work"))
    ticks = tuple(f"{row}-{name}" for name in ("vcse", "by_and_for", "sme"))
    if not at:  # the lead holds what nobody pays it
        return _OrganisationNames(texts, ticks, (), ())
    return _OrganisationNames(
        texts, ticks, _figure_names(f"{row}-figures", columns), _figure_names(f"{row}-kept_back", columns)
    )


@lru_cache(maxsize=1024)
def _payment_names(at: int, columns: int) -> _PaymentNames:
    row = f"payments-{at}"
    return _PaymentNames(
        f"{row}-payer", f"{row}-payee", _figure_names(f"{row}-figures", columns),
        _figure_names(f"{row}-kept_back", columns),
    )  # fmt: skip


def typed_from(fields: Mapping[str, str], years: int) -> tuple[TypedSheet, tuple[Finding, ...]]:
    """Read the texts out of fields; findings name texts that nobody can keep (control characters, too long)."""
    get, found = fields.get, list[Finding]()
    columns = years if get("columns") == str(years) else 1
    rows = _number(get("rows"), MOST_ORGANISATIONS)

    def figures(names: tuple[str, ...]) -> tuple[str, ...]:
        texts = [*map(get, names)]
        return tuple([(text or "")[:_MOST_FIGURE] for text in texts]) if any(texts) else ("",) * len(texts)

    organisations = []
    for at in range(max(rows, 1)):
        names = _organisation_names(at, columns)
        key, name, number, role, paid_by, group, work = [get(each, "") for each in names.texts]
        vcse, by_and_for, sme = [get(each) is not None for each in names.ticks]
        name, number = _text(name, names.texts[1], "name", found), _text(number, names.texts[2], "number", found)
        group, work = _text(group, names.texts[5], "group", found), _text(work, names.texts[6], "work", found)
        organisations.append(TypedOrganisation(
            _key(key) or f"o{at + 1}", name, number, role or ("partner" if at else "lead"), _key(paid_by), vcse,
            by_and_for, sme, group, work, figures(names.figures), figures(names.kept_back),
        ))  # fmt: skip
    payments = []
    for at in range(_number(get("further"), MOST_ORGANISATIONS)):
        paid = _payment_names(at, columns)
        payer, payee = _key(get(paid.payer, "")), _key(get(paid.payee, ""))
        payments.append(TypedPayment(payer, payee, figures(paid.figures), figures(paid.kept_back)))
    prices, delivery, fee = [figures(_figure_names(name, columns)) for name in _OWN]
    unit = get("unit", "amounts")
    typed = TypedSheet(years, unit, prices, delivery, fee, tuple(organisations), tuple(payments))
    return typed, tuple(found)


def fields_of(typed: TypedSheet) -> dict[str, str]:
    """Write the texts as the fields that a page would send."""
    columns = max(1, len(typed.prices))
    fields = {
        "unit": typed.unit, "columns": str(columns), "rows": str(len(typed.organisations)),
        "further": str(len(typed.payments)),
    }  # fmt: skip
    for name in _OWN:
        fields |= dict(zip(_figure_names(name, columns), getattr(typed, name), strict=False))
    for at, each in enumerate(typed.organisations):
        names = _organisation_names(at, columns)
        texts = (each.id, each.name, each.number, each.role, each.paid_by, each.group, each.work)
        fields |= dict(zip(names.texts, texts, strict=True))
        ticks = zip(names.ticks, (each.vcse, each.by_and_for, each.sme), strict=True)
        fields |= {name: "1" for name, ticked in ticks if ticked}
        fields |= dict(zip(names.figures, each.figures, strict=False))
        fields |= dict(zip(names.kept_back, each.kept_back, strict=False))
    for at, paid in enumerate(typed.payments):
        row = _payment_names(at, columns)
        fields |= {row.payer: paid.payer, row.payee: paid.payee}
        fields |= dict(zip(row.figures, paid.figures, strict=False))
        fields |= dict(zip(row.kept_back, paid.kept_back, strict=False))
    return fields


def _number(text: str | None, most: int) -> int:
    known = text is not None and text.isascii() and text.isdigit() and len(text) < 4
    return min(int(text or 0), most) if known else 0


def _key(text: str) -> str:
    return text if text.isascii() and text.isprintable() and len(text) <= _MOST_ID else ""


def _text(text: str, place: str, kind: str, found: list[Finding]) -> str:
    """Clean one text; what cannot stay is named and shown as it was typed."""
    if not text or (text.isascii() and text.isprintable() and len(text) <= _TEXTS[kind]):
        return text.strip()
    try:
        return clean(text, most=_TEXTS[kind], lines=False)
    except TextError as error:
        found.append(Finding("text", f"{error}.", place))
        return text[: _TEXTS[kind]]
