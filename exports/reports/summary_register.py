"""The register of letters and assessment summaries: one line a bid, for whoever asks whether everybody was told.

It proves that all went out at once, before the contract award notice (Procurement Act 2023 s.50), and says what was
withheld from whom on which ground.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from exports.workbook.text import safe_text
from lots.calendar import london
from scoring.decision import WithheldItem

COLUMNS = (
    "lot", "tenderer", "assessed", "document", "sent_to", "released_at", "mail_left_at", "opened_at", "sha256",
    "award_notice", "sent_before_award_notice", "withheld",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class SummaryLine:
    """One bid: what its tenderer was sent, where, when, and with which digest; empty where it got no letter."""

    lot: str
    tenderer: str
    assessed: bool
    document: str = ""
    sent_to: str = ""
    released_at: datetime | None = None
    mail_left_at: datetime | None = None
    opened_at: datetime | None = None
    sha256: str = ""


def summary_register(
    lines: Iterable[SummaryLine], notice_published: date | None, withheld: Iterable[WithheldItem] = ()
) -> bytes:
    """Write the register as CSV, every cell quoted; a text that begins like a formula gets an apostrophe before it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    rows.writerow(COLUMNS)
    kept_back = "; ".join(f"{item.topic}: {item.ground}" for item in withheld)
    for line in lines:
        rows.writerow([cell(text) for text in _texts(line, notice_published, kept_back)])
    return out.getvalue().encode("utf-8-sig")


def _texts(line: SummaryLine, notice: date | None, withheld: str) -> list[str]:
    sent = london(line.released_at).date() if line.released_at else None
    before = "" if sent is None or notice is None else "yes" if sent <= notice else "no"
    return [
        line.lot, line.tenderer, "yes" if line.assessed else "no", line.document, line.sent_to, _when(line.released_at),
        _when(line.mail_left_at), _when(line.opened_at), line.sha256, notice.isoformat() if notice else "", before,
        withheld if line.document else "",
    ]  # fmt: skip


def _when(at: datetime | None) -> str:
    return london(at).isoformat(timespec="seconds") if at else ""


def cell(text: str) -> str:
    """Keep a spreadsheet from taking somebody's words for a formula."""
    safe = safe_text(text)
    return f"'{safe}" if safe.lstrip(" ").startswith(_RISKY) or safe.startswith(_RISKY) else safe
