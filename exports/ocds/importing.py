"""Taking over a tender from an OCDS release, as the UK's central platform publishes them, field by field.

The result is the beginning of a tender file: what the release says in a form that we know, and nothing made up. Every
field of the release is accounted for: taken over, with where it went, or not, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, get_args

from exports.codec.strict_json import BAD, Repeated, parse
from exports.ocds.imported_lots import take_limit, take_lots
from exports.ocds.imported_money import take_funding
from exports.ocds.source import MOST_LINES, Ledger, Node, NotTaken, Reasons, Taken, leftovers
from exports.ocds.times import read_instant
from exports.tender_file import FORMAT, FORMAT_KEY
from lots.calendar import say_instant
from lots.errors import Finding
from lots.regime import Regime, rules_of
from lots.tender import MilestoneKind

_EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
_ENDED: Final = "this is what followed a tender, and a new tender begins without it"
_REASONS: Final[Reasons] = (
    ("awards*", _ENDED),
    ("contracts*", _ENDED),
    ("bids*", _ENDED),
    ("planning.milestones*", "what was asked of the market is written under engagement"),
    ("tender.procuringEntity*", "the buyer runs its tenders itself here"),
    ("tender.value*", "the value of a tender is the sum of its lots here"),
    ("relatedProcesses*", "links to other procedures are not kept"),
    ("tender.documents*", "the files themselves are not in a release: add them to the tender again"),
    ("tender.amendments*", "the release already holds the tender as amended"),
    ("tender.enquiries*", "questions and answers belong to the tender they were asked in"),
    ("tender.selectionCriteria*", "conditions of participation are written here as requirements of a lot"),
    ("tender.exclusionGrounds*", "exclusion grounds follow from the regime"),
    ("tender.submissionMethodDetails", "bids are received here, so the address of another portal does not apply"),
    ("tender.submissionTerms*", "terms of submission are written in the tender documents"),
    ("tender.otherRequirements*", "reserved participation and the like are written as requirements of a lot"),
    ("tender.techniques*", "frameworks and dynamic markets are not run here"),
    ("tender.status", "a tender taken over begins as a draft"),
    ("tender.lots.status", "a tender taken over begins as a draft"),
    ("tender.lots.awardCriteria.weightingDescription", "choose the price formula itself: words are not computed"),
    ("tender.awardCriteriaDetails", "words about the award are written with the methodology"),
    ("tender.lots.subcontractingTerms", "set each collaboration rule by its figure: words are not computed"),
    ("tender.subcontractingTerms", "set each collaboration rule by its figure: words are not computed"),
    ("tender.lots.renewal", "words about renewal are not computed; the longest term is taken from maxExtentDate"),
    ("tender.lots.options", "write breaks with their year and notice"),
    ("tender.procurementMethod", "every tender here is open to all"),
    ("planning", "of the planning only the funding is taken over"),
    ("ocid", "a new tender has an identifier of its own"),
    ("id", "a new tender has an identifier of its own"),
)
_OTHERWISE: Final = "there is no field for it here"


@dataclass(frozen=True)
class Takeover:
    """What came of a release: the beginning of a tender file as plain JSON values, and a line for every field.

    ``file`` is None where nothing could be read; ``findings`` say why, or what was doubtful.
    """

    file: dict[str, Any] | None
    taken: tuple[Taken, ...]
    not_taken: tuple[NotTaken, ...]
    findings: tuple[Finding, ...] = ()


def take_over(data: bytes) -> Takeover:
    """Read a release, a release package or a record package; nothing that the bytes may hold raises."""
    found, problems = parse(data)
    if found is BAD:
        return Takeover(None, (), (), problems)
    release, doubts = _release_of(found)
    if release is None:
        return Takeover(None, (), (), doubts)
    ledger = Ledger()
    root = Node(ledger, release)
    file = _file(root)
    rest = leftovers(root, _REASONS, _OTHERWISE)
    lost = [*ledger.lost, *islice(rest, MOST_LINES)]
    if next(rest, None) is not None:
        lost.append(NotTaken("", "more fields", "there are too many to name each"))
    repeated = _repeated(release)
    return Takeover(file, tuple(ledger.taken), tuple(lost), (*doubts, *repeated))


# --- which release ------------------------------------------------------------------------------------------


def _release_of(found: object) -> tuple[dict[str, Any] | None, tuple[Finding, ...]]:
    """Find the release to take over: the newest with a tender in it, or the compiled one of a record."""
    if not isinstance(found, dict):
        return None, (_refused("The file must hold one JSON object: a release, or a package of releases"),)
    if isinstance(found.get("tender"), dict):
        return found, ()
    records = [each for each in _listed(found.get("records")) if isinstance(each, dict)]
    releases = [each.get("compiledRelease") for each in records] or _listed(found.get("releases"))
    fit = [each for each in releases if isinstance(each, dict) and isinstance(each.get("tender"), dict)]
    if not fit:
        return None, (_refused("The file holds no OCDS release with a tender in it: look for “releases” or “tender”"),)
    newest = max(fit, key=_date_of)
    return newest, _others(fit, newest)


def _others(fit: Sequence[dict[str, Any]], newest: dict[str, Any]) -> tuple[Finding, ...]:
    if len(fit) == 1:
        return ()
    strangers = len({str(each.get("ocid")) for each in fit}) - 1
    of_others = f", {strangers + 1} procedures among them" if strangers else ""
    message = (
        f"The file holds {len(fit)} releases with a tender{of_others}: the newest was taken over"
        f"{_dated(newest)}, as it stands alone"
    )
    return (Finding("ocds_several_releases", message, "releases", "warning"),)


def _dated(release: Mapping[str, Any]) -> str:
    at = read_instant(release["date"]) if isinstance(release.get("date"), str) else None
    return f", of {say_instant(at)}" if at else ""


def _date_of(release: Mapping[str, Any]) -> datetime:
    date = release.get("date")
    return (read_instant(date) if isinstance(date, str) else None) or _EARLIEST


def _listed(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _refused(message: str) -> Finding:
    return Finding("not_ocds", message)


def _repeated(value: object) -> tuple[Finding, ...]:
    """Warn about keys that stand twice in one object anywhere: the last of them was read."""
    keys: dict[str, None] = {}
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Repeated):
            keys.update(dict.fromkeys(item.keys_repeated))
        waiting.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
    if not keys:
        return ()
    named = ", ".join(f"“{key[:40]}”" for key in list(keys)[:5])
    message = f"Some objects hold a key twice ({named}); the last of each was read: ask whoever wrote the file"
    return (Finding("ocds_repeated_key", message, severity="warning"),)


# --- the tender ---------------------------------------------------------------------------------------------


def _file(root: Node) -> dict[str, Any]:
    """Begin a tender file with all that the release says in a form that is known here."""
    source = root.get("tender")
    if source.get("procuringEntity").value == root.get("buyer").value:
        source.get("procuringEntity").seen()
    tender: dict[str, Any] = {}
    for key in ("ocid", "date", "tag", "initiationType", "language", "publisher"):
        root.get(key).seen()
    _texts(source, tender)
    _buyer(root, tender)
    _regime(source, tender)
    gross = _vat(source, tender)
    _dates(root, source, tender)
    lots, methodologies = take_lots(source, gross=gross)
    if lots:
        tender["lots"] = lots
    if funding := take_funding(root, lots, gross=gross):
        tender["funding"] = funding
    if steps := _timetable(source):
        tender["timetable"] = steps
    file: dict[str, Any] = {FORMAT_KEY: FORMAT, "tender": tender}
    if methodologies:
        file["methodologies"] = methodologies
    if limit := take_limit(source, gross=gross):
        file["lot_limit"] = limit
    return file


def _texts(source: Node, tender: dict[str, Any]) -> None:
    for key, name in (("id", "reference"), ("title", "title"), ("description", "description")):
        node = source.get(key)
        if text := node.code() if key == "id" else node.text():
            tender[name] = text
            node.took(f"tender.{name}")
    reasons = source.get("lotDetails", "noLotsDivisionRationale")
    if text := reasons.text():
        tender["no_lots_reasons"] = text
        reasons.took("tender.no_lots_reasons")


def _buyer(root: Node, tender: dict[str, Any]) -> None:
    """Take the buyer from the parties: by its role, else by the id that the release refers to."""
    parties = root.get("parties").each()
    refers = root.get("buyer", "id").value
    fit = [node for node in parties if "buyer" in _listed(node.get("roles").value)]
    fit += [node for node in parties if refers is not None and node.get("id").value == refers]
    node = fit[0] if fit else root.get("buyer")
    name = node.get("name")
    buyer: dict[str, Any] = {}
    if text := name.text():
        buyer = {"name": text, "short_name": text}
        name.took("tender.buyer.name")
        root.get("buyer").seen()
    if lines := _address(node.get("address")):
        buyer["address"] = lines
    for key in ("email", "telephone"):
        contact = node.get("contactPoint", key)
        if text := contact.text():
            buyer[key] = text
            contact.took(f"tender.buyer.{key}")
    if marks := _identifiers(node):
        buyer["identifiers"] = marks
    for key in ("id", "roles"):
        node.get(key).seen()
    _other_parties(parties, node)
    if buyer:
        tender["buyer"] = buyer


def _other_parties(parties: Sequence[Node], buyer: Node) -> None:
    """Say that no other party is taken over; funders are, with their lines of the budget."""
    for node in parties:
        if node.get("roles").value == ["funder"]:
            node.seen()
        elif node.path != buyer.path:
            node.lose("only the buyer and the funders are taken over")


def _address(address: Node) -> list[str]:
    lines = []
    for key in ("streetAddress", "locality", "postalCode"):
        node = address.get(key)
        if text := node.text():
            lines += [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
            node.took("tender.buyer.address")
    return lines


def _identifiers(party: Node) -> list[dict[str, str]]:
    found = []
    for node in (party.get("identifier"), *party.get("additionalIdentifiers").each()):
        scheme, number = node.get("scheme"), node.get("id")
        if scheme.text() and number.code():
            found.append({"scheme": scheme.text(), "id": number.code()})
            scheme.seen()
            number.took("tender.buyer.identifiers", f"{scheme.text()} {number.code()}")
            node.get("legalName").seen()
    return found


def _regime(source: Node, tender: dict[str, Any]) -> None:
    """Tell the regime from the legal basis; a basis that is not carried here is said, never guessed at."""
    basis = source.get("legalBasis", "id")
    light = "lightTouch" in _listed(source.get("specialRegime").value)
    by_law = {
        "2023/54": Regime.PA2023_LIGHT_TOUCH if light else Regime.PA2023_FULL,
        "2015/102": Regime.PCR2015_LIGHT_TOUCH,
        "32014L0024": Regime.PCR2015_LIGHT_TOUCH,
    }
    text = basis.code()
    if text not in by_law:
        basis.lose("this law is not one that tenders are run under here: choose the regime")
        return
    below = source.get("aboveThreshold").value is False
    regime = Regime.BELOW_THRESHOLD if below else by_law[text]
    tender["regime"] = str(regime)
    basis.took("tender.regime", rules_of(regime).title)
    for key in ("legalBasis", "specialRegime", "aboveThreshold"):
        source.get(key).seen()


def _vat(source: Node, tender: dict[str, Any]) -> bool:
    """Say on which basis amounts are: the UK's releases give them without VAT, and gross ones beside or instead."""
    values = [source.get("value"), *(lot.get("value") for lot in source.get("lots").each())]
    net = any(node.get("amount").value is not None for node in values)
    gross = not net and any(node.get("amountGross").value is not None for node in values)
    if net or gross:
        tender["vat"] = "inclusive" if gross else "exclusive"
    if net:
        for node in values:
            if node.get("amountGross").there:
                node.get("amountGross").lose("amounts without VAT are used, which stand beside it")
    return gross


def _dates(root: Node, source: Node, tender: dict[str, Any]) -> None:
    end = source.get("tenderPeriod", "endDate")
    if (at := end.when()) is not None:
        tender["deadline"] = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        end.took("tender.deadline", say_instant(at))
    start = source.get("tenderPeriod", "startDate")
    first = start if start.value is not None else root.get("date")
    if (at := first.when()) is not None:
        tender["commenced_on"] = at.date().isoformat()
        first.took("tender.commenced_on")


def _timetable(source: Node) -> list[dict[str, str]]:
    """Take milestones that have a title and a day, and the last day for questions."""
    found: list[dict[str, str]] = []
    for node in source.get("milestones").each():
        title, due, kind = node.get("title"), node.get("dueDate"), node.get("code")
        at = due.when()
        if not title.text() or at is None:
            node.lose("a step of the timetable needs a title and a day")
            continue
        known = kind.text() if kind.text() in get_args(MilestoneKind) else ""
        if known and any(step.get("kind") == known for step in found):
            known = ""
        found.append(_step(title.text(), at, known))
        title.took("tender.timetable", f"{title.text()}: {at.date().isoformat()}")
        for other in ("id", "dueDate", "status", "dateMet", "type", "code"):
            node.get(other).seen()
    return [*_last_questions(source, found), *found]


def _last_questions(source: Node, found: list[dict[str, str]]) -> list[dict[str, str]]:
    """Take the last day for questions from the enquiry period, where no milestone says it."""
    until = source.get("enquiryPeriod", "endDate")
    if (at := until.when()) is None:
        return []
    source.get("enquiryPeriod", "startDate").seen()
    if any(step.get("kind") == "questions_until" for step in found):
        until.seen()
        return []
    step = _step("Last day for clarification questions", at, "questions_until")
    until.took("tender.timetable", step["planned"])
    return [step]


def _step(title: str, at: datetime, kind: str) -> dict[str, str]:
    step = {"title": title, "planned": at.date().isoformat()}
    return {**step, "kind": kind} if kind else step
