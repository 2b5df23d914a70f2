"""How pages are made: where templates are found, how figures and dates are written, where the static files are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory, url_for
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovDateInput, GovRadioInput
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm

from lots.calendar import london, say, say_instant
from lots.errors import ProcurementError
from lots.money import Money
from lots.recipients import fingerprint
from lots.words import counted
from workbench.paths import template_folder
from workbench.web.access import open_to_all

STATIC = Path(__file__).resolve().parent.parent / "static"
STYLE_SHEET = "made/app.css"
NOTHING = "–"  # an empty cell that was not forgotten
SEVERITIES = ("error", "warning", "note")
_YEAR = 365 * 24 * 60 * 60


class MissingAssetError(ProcurementError):
    """A style sheet or script that the pages need is not where the installation should have put it."""


def init_pages(app: Flask) -> None:
    """Give ``app`` the templates, filters and static files of every page; refused if the style sheet is missing."""
    _digest_of(STYLE_SHEET)
    macros = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(template_folder()), PrefixLoader(macros)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        money=say_money,
        percent=say_percent,
        day=say_day,
        instant=say_moment,
        last_day=say_last_day,
        counted=counted,
        worst_first=worst_first,
        fingerprint=fingerprint,
    )
    app.jinja_env.globals.update(static_url=static_url, error_list=error_list, NOTHING=NOTHING)
    app.add_url_rule("/assets/<digest>/<path:name>", "assets", send_asset)


def say_money(amount: Money | int | None) -> str:
    """Write an amount (or whole pence): ``£1,234.50``; a dash where there is none."""
    if amount is None:
        return NOTHING
    return str(amount if isinstance(amount, Money) else Money(amount))


def say_percent(share: Decimal | Fraction | int | str | None, places: int = 2) -> str:
    """Write a percentage without needless noughts: ``12.5%``; more than ``places`` decimals are rounded half up."""
    if share is None or share == "":
        return NOTHING
    exact = Fraction(share) * 10**places
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    digits = f"{whole:0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".") if places else digits
    return f"{'−' if exact < 0 and whole else ''}{text}%"


def say_day(day: date | None) -> str:
    """Write a date in words; of a moment, its date in London; a dash where there is none."""
    if day is None:
        return NOTHING
    return say(london(day).date() if isinstance(day, datetime) else day)


def say_last_day(end: datetime) -> str:
    """Write the last day before the moment at which something ends, in words."""
    return say_day(end - timedelta(seconds=1))


def say_moment(instant: datetime | None) -> str:
    """Write a moment in words, on London's clock; a dash where there is none."""
    return NOTHING if instant is None else say_instant(instant)


def worst_first(findings: Any) -> list[Any]:
    """Order findings for a reader: errors, then warnings, then notes; else as they came."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(_severity(finding)))


def _severity(finding: Any) -> str:
    return str(finding["severity"] if isinstance(finding, Mapping) else finding.severity)


def static_url(name: str) -> str:
    """Give the address of a static file; it holds a digest of the content, so that it can be kept for a year."""
    return url_for("assets", digest=_digest_of(name), name=name)


@open_to_all
def send_asset(digest: str, name: str) -> Response:
    """Send a static file: to be kept for a year if asked for by its present digest, otherwise to be checked again."""
    try:
        current = digest == _digest_of(name)
    except MissingAssetError:
        current = False
    found = send_from_directory(STATIC, name, max_age=_YEAR if current else 0)
    if current:
        found.cache_control.public = True
        found.cache_control.immutable = True
    return found


def _digest_of(name: str) -> str:
    path = STATIC / name
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError as reason:
        raise MissingAssetError(
            f"“{name}” is missing from this installation: install the workbench again (./run does it by itself)"
        ) from reason


@lru_cache(maxsize=64)
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def error_list(form: BaseForm) -> list[dict[str, str]]:
    """List what is wrong with a form for its error summary, each with a link to the field that takes the mending."""
    if (links := getattr(form, "error_links", None)) is not None:
        return list(links)
    whole = [{"text": str(text)} for text in getattr(form, "form_errors", ())]
    return [*whole, *(entry for field in form for entry in _field_errors(field))]


def _field_errors(field: Field) -> Iterator[dict[str, str]]:
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _field_errors(inner)
    elif isinstance(field, FieldList):
        yield from ({"text": str(error), "href": f"#{field.id}"} for error in field.errors if isinstance(error, str))
        for entry in field.entries:
            yield from _field_errors(entry)
    elif field.errors:
        yield {"text": str(field.errors[0]), "href": f"#{_first_control(field)}"}


def _first_control(field: Field) -> str:
    """Give the id of what can take the focus: a date is three inputs, a choice is as many as it has answers."""
    if isinstance(field.widget, GovDateInput):
        return f"{field.id}-day"
    return str(field.name if isinstance(field.widget, GovRadioInput | GovCheckboxesInput) else field.id)
