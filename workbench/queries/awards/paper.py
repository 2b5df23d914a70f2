"""The decision paper in the making: its parts as rows, put together into an ``AwardDecision``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from sqlalchemy import select

from exports.codec import record
from exports.codec.strict_json import Report
from scoring.decision import AwardDecision
from workbench.db import db
from workbench.kept import ChangedValue
from workbench.models.awards import AwardPaperRecord

LETTER: Final = "letter:"
PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "decision": ("reference", "title", "decision_maker", "power", "summary"),
    "background": ("background", "outcomes", "plan_link", "options", "process"),
    "advice": ("finance", "legal", "risk"),
    "people": ("equality", "data_protection", "consultation", "social_value", "interests"),
    "publication": ("significance", "papers", "exempt_reason", "withheld"),
    "conditions": ("signatories", "conditions", "debrief_contact", "debrief_until", "voluntary_standstill"),
    "days": ("notices_sent", "means", "received", "notice_published", "published_on"),
    "notice": ("notice",),
}
"""The pages of the paper and the fields of the decision that each holds; the letters have a page for each bid."""
_TEXTS: Final = (
    "reference", "title", "decision_maker", "power", "summary", "background", "outcomes", "process", "equality",
    "data_protection", "risk", "consultation", "social_value", "interests",
)  # fmt: skip
_NO_COMMENT: Final = {"by": "", "text": ""}
FIELDS: Final = frozenset(each.name for each in fields(AwardDecision))


@dataclass(frozen=True)
class PaperPart:
    """A part of the paper: what is saved (None before that), what was typed and cannot be read yet, its version."""

    name: str
    content: Any = None
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    version: int = 0


def parts_of(tender_id: str) -> dict[str, PaperPart]:
    """Return the parts of a tender's paper by name."""
    rows = db.session.scalars(
        select(AwardPaperRecord).where(AwardPaperRecord.tender_id == tender_id).order_by(AwardPaperRecord.part)
    )
    return {
        row.part: PaperPart(
            row.part, json.loads(row.content) if row.content else None, json.loads(row.typed or "{}"), row.version
        )
        for row in rows
    }


def paper_of(tender_id: str) -> AwardDecision:
    """Return the paper as far as it is written; texts nobody wrote yet are empty."""
    return assembled(parts_of(tender_id))


def assembled(parts: Mapping[str, PaperPart]) -> AwardDecision:
    """Put the parts together."""
    written: dict[str, Any] = {}
    letters = [part.content for name, part in parts.items() if name.startswith(LETTER) and part.content]
    for name, part in parts.items():
        if not name.startswith(LETTER) and part.content:
            written |= {key: value for key, value in part.content.items() if key in FIELDS}
    written["signatories"] = _signed(written.get("signatories", ()), parts.get("days"))
    blank = {**dict.fromkeys(_TEXTS, ""), "options": [], "finance": _NO_COMMENT,
             "legal": _NO_COMMENT}  # fmt: skip
    whole: Any = record.read(AwardDecision, json.loads(json.dumps({**blank, **written, "letters": letters})), Report())
    if whole is None:
        raise ChangedValue("The decision paper that was kept cannot be read: restore a copy of the database")
    return whole


def _signed(signatories: Sequence[Mapping[str, str]], days: PaperPart | None) -> list[dict[str, str]]:
    """Put to everybody who signs the day on which they did, which stands on the page of the days."""
    found = {
        (it["name"], it["title"]): it["signed_on"] for it in ((days.content or {}) if days else {}).get("signed", ())
    }
    told = ((each, found.get((each["name"], each["title"]))) for each in signatories)
    return [{**each, **({"signed_on": when} if when else {})} for each, when in told]
