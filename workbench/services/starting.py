"""What a new tender begins with: nothing, our template, another tender, a tender file or a release of another system.

Each way gives the parts of the new tender and a report of what was and was not taken over; nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from exports import tender_file
from exports.codec import record
from exports.codec.strict_json import parse
from exports.ocds.importing import take_over
from lots.calendar import CalendarError, deadline
from lots.errors import Finding, ProcurementError
from lots.governance import default_deliverables
from lots.plan import plan
from lots.regime import Regime, rules_of
from lots.words import counted
from scoring.catalogue import FORMULAS
from scoring.criteria import Criterion
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology, TieBreak
from workbench.models.accounts import AuthorityRecord
from workbench.parts import LONGEST, Kind, Part, split
from workbench.paths import template_file
from workbench.queries.tenders import Draft
from workbench.services.imported_texts import honest, on_one_line

Line = tuple[str, str, str]
NOON = time(12, 0)
FORMULA = "lowest_relative"
_KEY = re.compile(r"[^/\x00-\x1f]{1,80}")
_LEFT = (
    ("organisations", "the organisations that bid"), ("bids", "the bids"), ("panel", "the panel"),
    ("score_sheets", "the score sheets"), ("agreed_scores", "the agreed scores"), ("award", "the award"),
)  # fmt: skip
_ASSIGN = "people are given their roles here, in the task “Panel, openers and approver”"
_OWN = "each tender has its own"


class StartError(ProcurementError):
    """A file that no tender can begin with; the findings say what is wrong in it."""


@dataclass(frozen=True)
class Heading:
    """What is typed to begin with; an empty field is taken from the file, where there is one."""

    title: str = ""
    reference: str = ""
    regime: Regime | None = None
    commenced_on: date | None = None


@dataclass(frozen=True)
class Start:
    """The parts of a new tender, where they came from, and what was and was not taken over.

    ``taken`` are (place, where it went, text); ``left`` are (place, text, why); ``notes`` are sentences.
    """

    parts: tuple[Part, ...]
    came_from: str
    taken: tuple[Line, ...] = ()
    left: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    def with_report(self) -> tuple[Part, ...]:
        """Give the parts with the report as one more, so that it can be read later; none where all of it is new."""
        if not (self.taken or self.left or self.notes):
            return self.parts
        told = {"from": self.came_from, "taken": self.taken, "left": self.left, "notes": self.notes}
        return (*self.parts, Part("takeover", content=told))


# --- the five ways ------------------------------------------------------------------------------------------


def from_nothing(heading: Heading, authority: AuthorityRecord, *, scale: bool = False, tree: bool = False) -> Start:
    """Begin with the nine deliverables and, if asked for, a scale and a tree of criteria to change."""
    parts = [_basics({}, heading, authority), Part("governance", content={"deliverables": _nine()})]
    if scale or tree:
        suggested = template()["scales"][0]
        parts.append(Part("scale", suggested["id"], suggested))
    if tree:
        method = record.write(_suggested_tree(suggested["id"]))
        parts.append(Part("methodology", str(method["id"]), method))
    return Start(tuple(parts), "nothing")


def from_template(heading: Heading, authority: AuthorityRecord) -> Start:
    """Begin with our template: three lots without figures, their rules, criteria and documents."""
    return Start(_parts(template(), heading, authority), "the template “victim services, 3 lots”")


def from_copy(heading: Heading, authority: AuthorityRecord, source: Draft) -> Start:
    """Begin with the parts of another tender, without its dates, its engagement and what its board signed."""
    left: list[Line] = []
    parts: list[Part] = []
    for part in source.parts:
        if part.kind in ("engagement", "timetable"):
            left.append((part.kind, "", _OWN))
        elif part.kind == "governance":
            parts.append(Part("governance", content=_unsigned(part.content or {})))
            left.append(("deliverables", "the days of their sign-off", _OWN))
        elif part.kind == "basics":
            parts.append(_basics(part.content or {}, heading, authority))
        elif part.kind != "takeover" and part.content is not None:
            parts.append(Part(part.kind, part.key, _without_uplifts(part), position=part.position))
    left.append(("panel", "", _ASSIGN))
    return Start(tuple(parts), f"a copy of {source.tender.reference}", left=tuple(left))


def from_file(heading: Heading, authority: AuthorityRecord, data: bytes, name: str) -> Start:
    """Begin with the tender of a tender file; StartError where it cannot be read."""
    value, findings = tender_file.read(data)
    if value is None:
        raise StartError("This is no tender file that can be read", findings)
    left = [(key, words, "what followed a tender stays in its file") for key, words in _LEFT if getattr(value, key)]
    if value.tender.clarifications:
        left.append(("tender.clarifications", "questions and answers", "they belong to the tender they were asked in"))
    file, unseen = honest(record.write(value))
    parts = _parts(file, heading, authority)
    notes = (*(str(each) for each in findings), *unseen)
    return Start(parts, f"the tender file “{name}”", left=tuple(left), notes=notes)


def from_release(heading: Heading, authority: AuthorityRecord, data: bytes, name: str) -> Start:
    """Begin with what an OCDS release says in a form that is known; StartError where there is no release."""
    taken = take_over(data)
    if taken.file is None:
        raise StartError("This is no OCDS release that can be read", taken.findings)
    left = [(line.path, line.text, line.why) for line in taken.not_taken]
    file, unseen = honest(taken.file)
    left += [*_without_limit(file), *_budgeted(file), *_priced(file)]
    return Start(
        _parts(file, heading, authority),
        f"the OCDS release “{name}”",
        tuple((line.path, line.to, line.text) for line in taken.taken if _kept(line.to, file)),
        tuple(left),
        (*(finding.message for finding in taken.findings), *unseen),
    )


# --- putting the parts together -----------------------------------------------------------------------------


def template() -> dict[str, Any]:
    """Read our template: a tender file without figures."""
    found, _ = parse(template_file().read_bytes())
    assert isinstance(found, dict)
    return found


def with_timetable(start: Start, publish_on: date | None) -> Start:
    """Put a suggested timetable and deadline in place of whatever there is; StartError for a day without a calendar."""
    if publish_on is None:
        return start
    basics = next(part.content for part in start.parts if part.kind == "basics")
    try:
        lines = plan(publish_on, Regime(basics["regime"]))
        due = deadline(next(line.planned for line in lines if line.kind == "tenders_due"), NOON)
    except CalendarError as error:
        raise StartError(str(error), error.findings) from error
    content = {"deadline": f"{due:%Y-%m-%dT%H:%M:%SZ}", "timetable": [record.write(line) for line in lines]}
    others = tuple(part for part in start.parts if part.kind != "timetable")
    return replace(start, parts=(*others, Part("timetable", content=content)))


def _parts(file: Mapping[str, Any], heading: Heading, authority: AuthorityRecord) -> tuple[Part, ...]:
    """Take a file apart; its basics get what was typed, its buyer is the authority."""
    tender = {"lots": [], **file["tender"]}
    parts = split({**file, "tender": tender})
    content: Mapping[str, Any] = next((part.content for part in parts if part.kind == "basics"), {})
    others = tuple(part for part in parts if part.kind != "basics")
    _check_keys(others)
    return (_basics(content, heading, authority), *others)


def _check_keys(parts: Iterable[Part]) -> None:
    """Refuse ids that no address of a page could hold, and one that stands twice."""
    seen: set[tuple[Kind, str]] = set()
    for part in parts:
        if part.key and (part.key in ("new", ".", "..") or not _KEY.fullmatch(part.key)):
            message = f"The id “{part.key[:40]}” cannot be used: give it another of at most 80 characters without “/”"
            raise StartError(message, (Finding("id_unfit", message, part.kind),))
        if (part.kind, part.key) in seen:
            message = f"The id “{part.key[:40]}” stands twice among the parts of one kind: give one of them another"
            raise StartError(message, (Finding("id_repeated", message, part.kind),))
        seen.add((part.kind, part.key))


def _basics(content: Mapping[str, Any], heading: Heading, authority: AuthorityRecord) -> Part:
    typed = {
        "title": heading.title,
        "reference": heading.reference,
        "regime": heading.regime.value if heading.regime else "",
        "commenced_on": heading.commenced_on.isoformat() if heading.commenced_on else "",
    }
    basics = {**content, **{name: text for name, text in typed.items() if text}}
    missing = [words for name, words in _NEEDED.items() if not basics.get(name)]
    if missing:
        message = f"The file does not say the {' or the '.join(missing)} of the tender: type it here"
        raise StartError(message)
    for name, most in LONGEST.items():
        basics[name] = on_one_line(basics[name])
        if len(basics[name]) > most:
            raise StartError(f"The {name} in the file has more than {most} characters: type a shorter one here")
    basics["vat"] = basics.get("vat") or rules_of(Regime(basics["regime"])).notice_vat.value
    basics["buyer"] = _buyer(basics.get("buyer"), authority)
    return Part("basics", content=basics)


_NEEDED = {"title": "title", "reference": "reference", "regime": "regime", "commenced_on": "day it commenced"}


def _buyer(found: Any, authority: AuthorityRecord) -> dict[str, Any]:
    """Name the authority as the buyer; what the file says of an authority of that name beside it stays."""
    own = {
        "name": authority.name, "short_name": authority.short_name,
        "address": [line.strip() for line in authority.address.splitlines() if line.strip()],
        "email": authority.email,
    }  # fmt: skip
    if authority.telephone:
        own["telephone"] = authority.telephone
    same = isinstance(found, Mapping) and found.get("name") == authority.name
    return {**own, **found} if same else own


def _budgeted(file: Mapping[str, Any]) -> list[Line]:
    """Give lots without a budget one of nought, so that all else can be checked, and say so."""
    bare = [lot for lot in file["tender"].get("lots", ()) if "annual_budget" not in lot]
    for lot in bare:
        lot["annual_budget"] = "0.00"
    why = "the release gives no budget a year: it stands at £0.00 until you enter it"
    return [(f"tender.lots, {lot['id']}", str(lot.get("title", "")), why) for lot in bare]


def _priced(file: Mapping[str, Any]) -> list[Line]:
    """Give methodologies without a price formula the plainest one, so that all else can be checked, and say so."""
    bare = [method for method in file.get("methodologies", ()) if "price" not in method]
    for method in bare:
        method["price"] = {"formula": FORMULA}
    title = FORMULAS[FORMULA].title.lower()
    why = f"the release names no price formula that is known here: “{title}” stands until you choose one"
    return [(f"methodologies, {method['id']}", str(method.get("title", "")), why) for method in bare]


def _without_limit(file: dict[str, Any]) -> list[Line]:
    """Take out a limit on lots without the rule by which lots are then awarded: it cannot be applied."""
    limit = file.get("lot_limit")
    if limit is None or "rule" in limit:
        return []
    del file["lot_limit"]
    text = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in limit.items())
    return [("tender.lotDetails", text, "the release names no rule that is known here: set the limit with its rule")]


def _kept(place: str, file: Mapping[str, Any]) -> bool:
    return not place.startswith("lot_limit") or "lot_limit" in file


def _without_uplifts(part: Part) -> Any:
    if part.kind != "lot":
        return part.content
    return {name: value for name, value in part.content.items() if name != "uplifts"}


def _unsigned(content: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the board, the deliverables and the standards; the days and signatures were another tender's."""
    signed = ("signed_off_on", "signed_off_by")
    rows = [{k: v for k, v in row.items() if k not in signed} for row in content.get("deliverables", ())]
    kept = {name: value for name, value in content.items() if name != "conflicts_assessed_on"}
    return {**kept, **({"deliverables": rows} if rows else {})}


def _nine() -> list[dict[str, object]]:
    return [record.write(each) for each in default_deliverables()]


def _suggested_tree(scale: str) -> Methodology:
    """Offer quality 60, social value 15 and price 25, each quality question still to be written."""
    criteria = (
        Criterion("quality", "Quality", Decimal(60), kind="quality", scale=scale),
        Criterion("social_value", "Social value", Decimal(15), kind="social_value", scale=scale),
        Criterion("price", "Price", Decimal(25), kind="price"),
    )
    breaks = (TieBreak("highest_quality"), TieBreak("lowest_price"))
    return Methodology("methodology", "How bids are judged", (), criteria, PriceMethod(FORMULA), breaks)


def say_findings(findings: Sequence[Finding], most: int = 12) -> tuple[str, ...]:
    """Say what is wrong in a file, at most a dozen of it, each with its place."""
    shown = [f"{each.place}: {each.message}" if each.place else each.message for each in findings[:most]]
    more = len(findings) - len(shown)
    return (*shown, *((f"… and {counted(more, 'more thing')}",) if more else ()))
